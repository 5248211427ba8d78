"""Bodies, cut into messages."""

from __future__ import annotations

import pytest

from ngxpush.client.message_pattern import MessagePattern
from ngxpush.client.pieces import PieceReader


def read(chunks: list[bytes], template: bytes | None, chunked: bool = True) -> list[bytes]:
    """The texts in a body; a chunk comes in two parts."""
    reader = PieceReader(None if template is None else MessagePattern(template), chunked)
    parts = [part for chunk in chunks for part in ((chunk[:1], False), (chunk[1:], True))]
    messages = [message for data, ends in parts for message in reader.receive(data, ends)]
    return [message.data for message in (*messages, *reader.end())]


@pytest.mark.parametrize(
    ("chunks", "template", "expected"),
    [
        ([b"a", b"b\nc"], None, [b"a", b"b\nc"]),
        ([b"a\n", b" ", b"\r\n\r\n", b"b\r\n"], None, [b"a", b"b"]),
        ([b"a\n", b"b\n\n"], b"~text~\n", [b"a", b"b\n"]),
        ([b"<html>", b"(a)", b"(b))"], b"(~text~)", [b"a", b"b)"]),
        # Something between put them together.
        ([b"(1 a)(2 b)", b"(3 c", b")", b"(4 ))"], b"(~id~ ~text~)", [b"a", b"b", b"c", b")"]),
        ([b"(a)(b)", b"<>(c)(d)"], b"(~text~)", [b"a)(b", b"c", b"d"]),
        ([b"1:a", b"2:b"], b"~id~:~text~", [b"a", b"b"]),
    ],
)
def test_chunks(chunks: list[bytes], template: bytes | None, expected: list[bytes]) -> None:
    assert read(chunks, template) == expected


@pytest.mark.parametrize(
    ("parts", "template", "expected"),
    [
        ([b"a\nb", b"c\n\nd"], None, [b"a", b"bc", b"d"]),
        ([b"(a)(", b"b)"], b"(~text~)", [b"a", b"b"]),
        ([b"ab", b"cd"], b"~text~", [b"abcd"]),
    ],
)
def test_without_chunks(parts: list[bytes], template: bytes | None, expected: list[bytes]) -> None:
    assert read(parts, template, chunked=False) == expected


def test_a_long_text_is_searched_once() -> None:
    """Searched from each byte on, this would take hours."""
    text = b"x" * 1_000_000
    assert read([text] * 10 + [b"\n"], b"~text~\n", chunked=False) == [text * 10]


def test_what_never_fits_does_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ngxpush.client.pieces._MOST_WAITING", 100)
    reader = PieceReader(MessagePattern(b"(~text~)"), True)
    for _ in range(50):
        assert list(reader.receive(b"nothing" * 3, True)) == []
    assert [message.data for message in reader.receive(b"(a)", True)] == [b"a"]
