"""PS201: a directive of the http block in a server or location."""

from __future__ import annotations

from collections.abc import Iterator

from ...config.directives.push_stream.settings import PUSH_STREAM
from ...config.modules import DIRECTIVES
from ...config.places import Context
from ...config.tree import Statement
from ..finding import Finding, Level
from ..references import of_main
from ..rule import Rule
from ..subject import Subject


def check(subject: Subject) -> Iterator[Finding]:
    for diagnostic in subject.analysis.diagnostics:
        statement = diagnostic.statement
        if statement is not None and diagnostic.message.endswith("directive is not allowed here") and _is_for_http(statement):
            name = statement.name.decode()
            written = " ".join([name, *(argument.decode("utf-8", "replace") for argument in statement.arguments)])
            yield RULE.finding(
                statement.start,
                f"{name} is allowed in the http block only: it holds for all servers and locations",
                f"in the http block: {written};",
                len(statement.name),
            )


def _is_for_http(statement: Statement) -> bool:
    return any(row.module == PUSH_STREAM and row.contexts == Context.HTTP for row in DIRECTIVES[statement.name])


RULE = Rule(
    code="PS201",
    name="main-only-directive",
    level=Level.WARNING,
    what="A push_stream directive of the http block in a server or location.",
    why="All servers share one memory with its channels and messages; lifetimes, limits and texts belong to that memory and are "
    "set once, in the http block. nginx refuses these directives anywhere else. Other directives set what may differ from "
    "location to location.",
    bad="""\
    location /pub {
      allow 127.0.0.1;
      deny all;
      push_stream_publisher;
      push_stream_channels_path $arg_id;
      push_stream_store_messages on;
      push_stream_message_ttl 5m;
    }""",
    good="""\
http {
  push_stream_shared_memory_size 32m;
  push_stream_message_ttl 5m;
  server {
    listen 80;
    location /pub {
      allow 127.0.0.1;
      deny all;
      push_stream_publisher;
      push_stream_channels_path $arg_id;
      push_stream_store_messages on;
    }
  }
}""",
    near_misses=(
        """\
    push_stream_store_messages on;
    push_stream_ping_message_interval 10s;
    location ~ ^/ws/(.*)$ {
      push_stream_subscriber websocket;
      push_stream_channels_path $1;
    }""",
    ),
    references=(of_main("push_stream_message_ttl"),),
    check=check,
)
