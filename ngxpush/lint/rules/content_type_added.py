"""PS602: add_header Content-Type."""

from __future__ import annotations

from collections.abc import Iterator

from ..finding import Finding, Level
from ..rule import Rule
from ..subject import Subject


def check(subject: Subject) -> Iterator[Finding]:
    for _, setting in subject.settings("add_header"):
        if setting.statement.arguments[0].lower() == b"content-type":
            kind = b" ".join(setting.statement.arguments[1:2]).decode("utf-8", "replace")
            yield RULE.finding(
                setting.statement.start,
                "add_header does not set the content type: it adds a second Content-Type header",
                f'default_type "{kind}";',
                len(setting.statement.name),
            )


RULE = Rule(
    code="PS602",
    name="content-type-added",
    level=Level.WARNING,
    what="add_header with the name Content-Type.",
    why="nginx sends its own Content-Type first, and it depends on the client which of the two counts. default_type sets "
    "the content type of a push location.",
    bad="""\
    location ~ ^/sub/(.*)$ {
      push_stream_subscriber;
      push_stream_channels_path $1;
      add_header Content-Type application/json;
    }""",
    good="""\
    location ~ ^/sub/(.*)$ {
      push_stream_subscriber;
      push_stream_channels_path $1;
      default_type application/json;
    }""",
    near_misses=(
        """\
    location ~ ^/sub/(.*)$ {
      push_stream_subscriber;
      push_stream_channels_path $1;
      default_type application/json;
      add_header X-Content-Type-Options nosniff;
    }""",
    ),
    references=("https://nginx.org/en/docs/http/ngx_http_core_module.html#default_type",),
    check=check,
)
