"""Ignore comments: which line they speak of, and that they need a reason."""

from __future__ import annotations

import pytest

from ngxpush.config.tree import Position
from ngxpush.lint.finding import Finding, Level
from ngxpush.lint.suppression import malformed_comments, read_suppressions


def kept(content: str, line: int, code: str = "PS101", level: Level = Level.WARNING) -> bool:
    finding = Finding(code, level, Position("f", line), "m")
    return bool(read_suppressions({"f": content.encode()}).keep([finding]))


@pytest.mark.parametrize(
    ("content", "line", "silenced"),
    [
        ("a; # ngxpush: ignore[PS101] inside the cluster\nb;", 1, True),
        ("a; # ngxpush: ignore[PS101] inside the cluster\nb;", 2, False),
        ("# ngxpush: ignore[PS101] inside the cluster\n\n# more\nb;", 4, True),
        ("a { #ngxpush:ignore[PS102, PS101] inside\nb; }", 1, True),
        ("a; # ngxpush: ignore[PS102] inside the cluster", 1, False),
        ("a; # ngxpush: ignore[PS101]", 1, False),
        ("a; # ngxpush: ignore[PS101]   ", 1, False),
        ("a; # ngxpush: ignore PS101 because", 1, False),
        ('a "# ngxpush: ignore[PS101] a text";', 1, False),
        ("a;# ngxpush: ignore[PS101] close by\r\n", 1, True),
    ],
)
def test_lines(content: str, line: int, silenced: bool) -> None:
    assert kept(content, line) is not silenced


def test_errors_are_not_silenced() -> None:
    assert kept("a; # ngxpush: ignore[PS101] reason", 1, level=Level.ERROR)


def test_comments_without_a_reason_are_reported() -> None:
    content = b"a; # ngxpush: ignore[PS101]\nb; # ngxpush: ignore[PS101] reason\n  # ngxpush: off\nc '# ngxpush: x';"
    assert list(malformed_comments({"f": content})) == [Position("f", 1, 4), Position("f", 3, 3)]
