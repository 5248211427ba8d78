"""PS405: streaming subscribers that get not even the response headers."""

from __future__ import annotations

from collections.abc import Iterator

from ...config.directives.push_stream.settings import SUBSCRIBER
from ..finding import Finding, Level
from ..rule import Rule
from ..subject import Subject, value

_SMALLEST_HEAD = 100
"""Bytes: response headers are never shorter, so a smaller postpone_output does not keep them back."""

_TEMPLATES = ("push_stream_header_template", "push_stream_header_template_file")


def check(subject: Subject) -> Iterator[Finding]:
    for location in subject.push_locations(SUBSCRIBER):
        templates = [found for name in _TEMPLATES if (found := location.scope.effective(name)) is not None]
        has_header = any(found.directive.name.endswith("_file") or found.value for found in templates)
        held_back = (value(location.scope, "postpone_output") or 0) > _SMALLEST_HEAD
        if location.mode == "streaming" and not has_header and held_back:
            message = "a new subscriber gets nothing, not even the response headers, until the first message or ping"
            yield RULE.finding(location.position, message, _INSTEAD, len(location.role.statement.name))


_INSTEAD = 'push_stream_header_template "\\n";\nor postpone_output 0;'

RULE = Rule(
    code="PS405",
    name="headers-withheld",
    level=Level.WARNING,
    what="A streaming subscriber without a header template where postpone_output is not 0.",
    why="nginx keeps output back until it has postpone_output bytes (1460 by default) or something is flushed, and the module "
    "flushes a header template, messages and pings. Clients that wait for the headers believe the server is dead.",
    bad="""\
    location ~ ^/sub/([^/]+)$ {
      push_stream_subscriber;
      push_stream_channels_path $1;
    }""",
    good="""\
    location ~ ^/sub/([^/]+)$ {
      push_stream_subscriber;
      push_stream_channels_path $1;
      push_stream_header_template "\\n";
    }""",
    near_misses=(
        """\
    location ~ ^/ev/([^/]+)$ {
      push_stream_subscriber eventsource;
      push_stream_channels_path $1;
    }""",
        """\
    postpone_output 0;
    location ~ ^/sub/([^/]+)$ {
      push_stream_subscriber;
      push_stream_channels_path $1;
    }""",
    ),
    references=("https://nginx.org/en/docs/http/ngx_http_core_module.html#postpone_output",),
    check=check,
)
