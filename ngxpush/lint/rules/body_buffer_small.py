"""PS501: messages that go through a file."""

from __future__ import annotations

from collections.abc import Iterator

from ...config.directives.push_stream.settings import PUBLISHER
from ..finding import Finding, Level
from ..rule import Rule
from ..subject import Subject, value

_MOST = "client_max_body_size"
_BUFFER = "client_body_buffer_size"


def check(subject: Subject) -> Iterator[Finding]:
    for location in subject.push_locations(PUBLISHER):
        chosen = [setting for name in (_MOST, _BUFFER) if (setting := location.scope.effective(name)) is not None]
        most, buffer = value(location.scope, _MOST), value(location.scope, _BUFFER)
        # Where neither is set, large messages are probably not expected.
        if not chosen or most is None or buffer is None or 0 < most <= buffer:
            continue
        largest = f"up to {most} bytes" if most else "of any size"
        message = f"messages {largest} are accepted, but those of more than {buffer} bytes go through a temporary file"
        instead = f"the same size for both, such as {_MOST} 32k; and {_BUFFER} 32k;"
        yield RULE.finding(location.position, message, instead, len(location.role.statement.name))


RULE = Rule(
    code="PS501",
    name="body-buffer-small",
    level=Level.WARNING,
    what="A publisher whose client_max_body_size is larger than its client_body_buffer_size.",
    why="nginx writes a body that does not fit its buffer to a temporary file, and the module reads it back, each time such a "
    "message is published. The whole message is kept in shared memory.",
    bad="""\
    location /pub {
      allow 127.0.0.1;
      deny all;
      push_stream_publisher;
      push_stream_channels_path $arg_id;
      client_max_body_size 1m;
      client_body_buffer_size 32k;
    }""",
    good="""\
    location /pub {
      allow 127.0.0.1;
      deny all;
      push_stream_publisher;
      push_stream_channels_path $arg_id;
      client_max_body_size 32k;
      client_body_buffer_size 32k;
    }""",
    near_misses=(
        """\
    location /pub {
      allow 127.0.0.1;
      deny all;
      push_stream_publisher;
      push_stream_channels_path $arg_id;
    }""",
        """\
    location /upload { client_max_body_size 20m; proxy_pass http://127.0.0.1:8000; }
    location /pub {
      allow 127.0.0.1;
      deny all;
      push_stream_publisher;
      push_stream_channels_path $arg_id;
      client_max_body_size 8k;
    }""",
    ),
    references=("https://nginx.org/en/docs/http/ngx_http_core_module.html#client_body_buffer_size",),
    check=check,
)
