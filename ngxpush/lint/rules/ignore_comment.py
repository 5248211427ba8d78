"""PS001: an ignore comment that silences nothing."""

from __future__ import annotations

from collections.abc import Iterator

from ..finding import Finding, Level
from ..rule import Rule
from ..subject import Subject
from ..suppression import malformed_comments


def check(subject: Subject) -> Iterator[Finding]:
    for position in malformed_comments(subject.analysis.files):
        yield RULE.finding(position, "this comment silences nothing: it needs codes in brackets and a reason", _EXAMPLE)


_EXAMPLE = "# ngxpush: ignore[PS101] the port is only reachable inside the cluster"

RULE = Rule(
    code="PS001",
    name="ignore-comment-without-reason",
    level=Level.WARNING,
    what="A comment for ngxpush without codes or without a reason.",
    why="A comment for ngxpush needs the codes in brackets and a reason after them, so that the next reader knows why.",
    bad="""\
    location /pub {
      push_stream_publisher admin; # ngxpush: ignore[PS101]
      push_stream_channels_path $arg_id;
      deny all;
    }""",
    good="""\
    location /pub {
      push_stream_publisher admin; # ngxpush: ignore[PS101] only reachable inside the cluster
      push_stream_channels_path $arg_id;
      deny all;
    }""",
    near_misses=(
        """\
    # ngxpush serves this for the tests
    location /pub {
      deny all;
      push_stream_publisher;
      push_stream_channels_path $arg_id;
    }""",
    ),
    references=("docs/reference/linting.md",),
    check=check,
)
