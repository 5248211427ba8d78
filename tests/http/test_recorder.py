"""Notes for whoever records."""

from __future__ import annotations

import pytest

from ngxpush.config.pattern import compile_pattern
from ngxpush.config.tree import Statement
from ngxpush.http.recorder import Fact, Phase, note

from .fakes import make_request


class Kept:
    """A recorder that keeps the texts."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def note(self, phase: Phase, text: str, statement: Statement | None = None) -> None:
        self.texts.append(text)


_PATTERN = compile_pattern(b"^/(?<name>.)(.)")


@pytest.mark.parametrize(
    ("text", "facts", "worded"),
    [
        ("is it", (), "is it"),
        ("the URI {} with {}", (b"/a", b""), 'the URI "/a" with ""'),
        ("{} answers {}", ("auth_basic", 401), "auth_basic answers 401"),
        ("no Location {}", (None,), 'no Location ""'),
        ("the pattern {}", (_PATTERN,), "the pattern ^/(?<name>.)(.)"),
        ("matches{}", (((b"/ab", b"a", b"b"), _PATTERN),), 'matches ($1 = "a", $2 = "b", $name = "a")'),
        ("matches{}", ((None, compile_pattern(b"^/")),), "matches"),
        ("the default", (b"unused",), "the default"),
    ],
)
def test_texts(text: str, facts: tuple[Fact, ...], worded: str) -> None:
    request, _ = make_request()
    recorder = request.recorder = Kept()
    note(request, Phase.LOCATION, None, text, *facts)
    assert recorder.texts == [worded]


def test_no_one_records_in_a_server() -> None:
    request, _ = make_request()
    note(request, Phase.LOCATION, None, "no {} {} for one fact", b"x")
