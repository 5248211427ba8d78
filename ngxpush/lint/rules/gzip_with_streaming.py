"""PS404: compressed streams."""

from __future__ import annotations

from collections.abc import Iterator

from ...config.directives.push_stream.settings import SUBSCRIBER
from ..finding import Finding, Level
from ..rule import Rule
from ..subject import PushLocation, Subject, value


def check(subject: Subject) -> Iterator[Finding]:
    for location in subject.push_locations(SUBSCRIBER):
        gzip = location.scope.effective("gzip")
        if gzip is not None and gzip.value is True and _is_compressed(location):
            message = f"the {location.mode} subscribers of line {location.position.line} get a compressed stream"
            yield RULE.finding(gzip.statement.start, message, "in the subscriber's location: gzip off;", len(b"gzip"))


def _is_compressed(location: PushLocation) -> bool:
    """Whether the content type is one of gzip_types."""
    types = value(location.scope, "gzip_types")
    if types is None or location.mode not in ("streaming", "eventsource"):
        return False
    kind = b"text/event-stream" if location.mode == "eventsource" else value(location.scope, "default_type")
    return b"*" in types or kind.partition(b";")[0].strip().lower() in types


RULE = Rule(
    code="PS404",
    name="gzip-with-streaming",
    level=Level.WARNING,
    what="gzip on, with the content type of a streaming or eventsource subscriber among gzip_types.",
    why="A compressor takes about 256 KiB for each subscriber as long as it is connected, each message is compressed again for "
    "each of them, and many clients show nothing until they have received more.",
    bad="""\
    gzip on;
    gzip_types text/event-stream;
    location ~ ^/ev/([^/]+)$ {
      push_stream_subscriber eventsource;
      push_stream_channels_path $1;
    }""",
    good="""\
    gzip on;
    gzip_types text/event-stream;
    location ~ ^/ev/([^/]+)$ {
      gzip off;
      push_stream_subscriber eventsource;
      push_stream_channels_path $1;
    }""",
    near_misses=(
        """\
    gzip on;
    gzip_types text/css application/json;
    location ~ ^/ev/([^/]+)$ {
      push_stream_subscriber eventsource;
      push_stream_channels_path $1;
    }""",
        """\
    gzip on;
    gzip_types application/json;
    location ~ ^/lp/([^/]+)$ {
      push_stream_subscriber long-polling;
      push_stream_channels_path $1;
      default_type application/json;
    }""",
    ),
    references=("https://nginx.org/en/docs/http/ngx_http_gzip_module.html#gzip_types",),
    check=check,
)
