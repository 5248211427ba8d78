"""PS103: channel statistics that anyone can read."""

from __future__ import annotations

from collections.abc import Iterator

from ...config.directives.push_stream.settings import STATISTICS
from ..finding import Finding, Level
from ..reachability import is_guarded
from ..rule import Rule
from ..subject import Subject


def check(subject: Subject) -> Iterator[Finding]:
    for location in subject.push_locations(STATISTICS):
        if not is_guarded(location.scope):
            yield RULE.finding(
                location.position,
                "anyone can read the channel statistics",
                "allow 127.0.0.1;\ndeny all;",
                len(b"push_stream_channels_statistics"),
            )


RULE = Rule(
    code="PS103",
    name="statistics-open",
    level=Level.WARNING,
    what="A statistics location without anything that limits who may read it.",
    why="The statistics list the id of every channel; where only a secret id protects a channel, they open all of them.",
    bad="""\
    location /channels-stats {
      push_stream_channels_statistics;
      push_stream_channels_path $arg_id;
    }""",
    good="""\
    location /channels-stats {
      allow 127.0.0.1;
      deny all;
      push_stream_channels_statistics;
      push_stream_channels_path $arg_id;
    }""",
    near_misses=(
        """\
    deny all;
    location /channels-stats {
      push_stream_channels_statistics;
      push_stream_channels_path $arg_id;
    }""",
    ),
    references=("https://nginx.org/en/docs/http/ngx_http_access_module.html",),
    check=check,
)
