"""PS604: JSON with another content type."""

from __future__ import annotations

from collections.abc import Iterator

from ...config.directives.push_stream.settings import SUBSCRIBER
from ..finding import Finding, Level
from ..json_templates import is_json
from ..rule import Rule
from ..subject import Subject, value

_UNSAID = (b"text/plain", b"application/octet-stream", b"text/html")
_HTTP_MODES = ("streaming", "polling", "long-polling")


def check(subject: Subject) -> Iterator[Finding]:
    for location in subject.push_locations(SUBSCRIBER):
        template = value(location.scope, "push_stream_message_template")
        kind = value(location.scope, "default_type")
        if location.mode not in _HTTP_MODES or template is None or kind is None:
            continue
        if template.strip().startswith((b"{", b"[")) and is_json(template) and kind.partition(b";")[0].strip() in _UNSAID:
            message = f"messages are JSON, but the content type is {kind.decode('utf-8', 'replace')}"
            yield RULE.finding(location.position, message, "default_type application/json;", len(location.role.statement.name))


RULE = Rule(
    code="PS604",
    name="json-without-type",
    level=Level.INFO,
    what="A message template that makes JSON where default_type does not say so.",
    why="The content type of a push answer is default_type: clients that rely on it treat the messages as text, or as a file.",
    bad="""\
    location ~ ^/lp/([^/]+)$ {
      push_stream_subscriber long-polling;
      push_stream_channels_path $1;
      push_stream_message_template '{"id":~id~,"data":~text~}';
    }""",
    good="""\
    location ~ ^/lp/([^/]+)$ {
      push_stream_subscriber long-polling;
      push_stream_channels_path $1;
      push_stream_message_template '{"id":~id~,"data":~text~}';
      default_type application/json;
    }""",
    near_misses=(
        """\
    location ~ ^/ev/([^/]+)$ {
      push_stream_subscriber eventsource;
      push_stream_channels_path $1;
      push_stream_message_template '{"id":~id~,"data":~text~}';
    }""",
        """\
    location ~ ^/sub/([^/]+)$ {
      push_stream_subscriber;
      push_stream_channels_path $1;
      push_stream_message_template '<script>take({"id":~id~});</script>';
      default_type text/html;
    }""",
    ),
    references=("https://nginx.org/en/docs/http/ngx_http_core_module.html#default_type",),
    check=check,
)
