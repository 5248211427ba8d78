"""PS601: Access-Control-Allow-Origin from two places."""

from __future__ import annotations

from collections.abc import Iterator

from ...config.directives.push_stream.settings import PUBLISHER, SUBSCRIBER
from ..finding import Finding, Level
from ..rule import Rule
from ..subject import Subject


def check(subject: Subject) -> Iterator[Finding]:
    for location in subject.push_locations(PUBLISHER, SUBSCRIBER):
        if location.scope.effective("push_stream_allowed_origins") is None:
            continue
        for setting in location.scope.effective_all("add_header"):
            if setting.statement.arguments[0].lower() == b"access-control-allow-origin":
                yield RULE.finding(
                    setting.statement.start,
                    "Access-Control-Allow-Origin is sent twice: here and by push_stream_allowed_origins",
                    "leave the add_header out",
                    len(setting.statement.name),
                )


RULE = Rule(
    code="PS601",
    name="origin-header-twice",
    level=Level.WARNING,
    what="add_header Access-Control-Allow-Origin where push_stream_allowed_origins is set too.",
    why="add_header adds a second header to the one the module sends; browsers refuse an answer that has two.",
    bad="""\
    location ~ ^/sub/(.*)$ {
      push_stream_subscriber;
      push_stream_channels_path $1;
      push_stream_allowed_origins "*";
      add_header Access-Control-Allow-Origin "*";
    }""",
    good="""\
    location ~ ^/sub/(.*)$ {
      push_stream_subscriber;
      push_stream_channels_path $1;
      push_stream_allowed_origins "*";
    }""",
    near_misses=(
        """\
    location ~ ^/sub/(.*)$ {
      push_stream_subscriber;
      push_stream_channels_path $1;
      add_header Access-Control-Allow-Origin "*";
    }""",
    ),
    references=("https://fetch.spec.whatwg.org/#cors-check",),
    check=check,
)
