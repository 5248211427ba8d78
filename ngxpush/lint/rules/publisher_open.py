"""PS102: a publisher that anyone can reach."""

from __future__ import annotations

from collections.abc import Iterator

from ...config.directives.push_stream.settings import PUBLISHER
from ..finding import Finding, Level
from ..reachability import is_guarded
from ..rule import Rule
from ..subject import Subject


def check(subject: Subject) -> Iterator[Finding]:
    for location in subject.push_locations(PUBLISHER):
        if location.mode != "admin" and not is_guarded(location.scope):
            yield RULE.finding(
                location.position,
                "anyone who reaches this server can publish here",
                "allow 127.0.0.1;\ndeny all;",
                len(b"push_stream_publisher"),
            )


RULE = Rule(
    code="PS102",
    name="publisher-open",
    level=Level.WARNING,
    what="A publisher without anything that limits who may use it.",
    why="Messages are shown to all subscribers as they were sent; an open publisher lets strangers "
    "speak in the application's name.",
    bad="""\
    location /pub {
      push_stream_publisher;
      push_stream_channels_path $arg_id;
    }""",
    good="""\
    location /pub {
      allow 10.0.0.0/8;
      deny all;
      push_stream_publisher;
      push_stream_channels_path $arg_id;
    }""",
    near_misses=(
        """\
    location /pub {
      if ($arg_token != "s3cret") { return 403; }
      push_stream_publisher;
      push_stream_channels_path $arg_id;
    }""",
        """\
http {
  push_stream_shared_memory_size 32m;
  server {
    listen 127.0.0.1:8081;
    location /pub { push_stream_publisher; push_stream_channels_path $arg_id; }
  }
}""",
    ),
    references=("https://nginx.org/en/docs/http/ngx_http_access_module.html",),
    check=check,
)
