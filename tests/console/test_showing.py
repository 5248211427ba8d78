"""Bytes and times as a person reads them."""

from __future__ import annotations

import pytest

from ngxpush.console.showing import moment, shown_message, size
from ngxpush.push.messages import DELETED_ID, Message


@pytest.mark.parametrize(
    ("text", "form", "shown"),
    [
        (b"hello", "text", "hello"),
        ("grüße\n\t<b>".encode(), "text", "grüße\n\t<b>"),
        (b'{"a":[1,null]}', "JSON", '{\n  "a": [\n    1,\n    null\n  ]\n}'),
        (b'["\xc3\xbc"]', "JSON", '[\n  "ü"\n]'),
        (b'{"a":1.00,"a":1e400,"b":"\\u00fc"}', "JSON", '{\n  "a": 1.00,\n  "a": 1e400,\n  "b": "\\u00fc"\n}'),
        (b'["\\ud800"]', "text", '["\\ud800"]'),
        (b"[" * 400 + b"]" * 400, "text", "[" * 400 + "]" * 400),
        (b"17", "text", "17"),
        (b"{no json}", "text", "{no json}"),
        (b"[" * 60000, "text", "[" * 4096),
        (b"\xff\x00AB", "hex", "0000  ff 00 41 42                                      ..AB"),
        (b"a\x00b", "hex", "0000  61 00 62                                         a.b"),
    ],
)
def test_text(text: bytes, form: str, shown: str) -> None:
    message = shown_message(Message(1, b"c", text, 5, 2))
    assert (message.form, message.text) == (form, shown)
    assert message.size == len(text)


def test_a_long_text_is_cut() -> None:
    assert shown_message(Message(1, b"c", b"x" * 5000, 5, 2)).left_out == 5000 - 4096
    assert shown_message(Message(1, b"c", "ü".encode() * 5000, 5, 2)).left_out == 2 * (5000 - 4096)
    whole = shown_message(Message(1, b"c", b"\xff" * 5000, 5, 2))
    assert (whole.left_out, whole.text.count("\n")) == (5000 - 4096, 255)


def test_message() -> None:
    message = shown_message(Message(3, b"c", b"", 0, 2, b"e\x00", b"\xfft"))
    assert (message.id, message.tag, message.time, message.event_id, message.event_type) == (3, 2, "", "e\\x00", "\\xfft")
    assert not message.deleted
    assert shown_message(Message(DELETED_ID, b"c", b"gone", 0, 0)).deleted


@pytest.mark.parametrize(
    ("count", "shown"), [(1, "1 byte"), (2, "2 bytes"), (1536, "1.5 KiB"), (5 << 20, "5.0 MiB"), (3 << 40, "3072.0 GiB")]
)
def test_size(count: int, shown: str) -> None:
    assert size(count) == shown


def test_moment() -> None:
    assert moment(0) == ""
    assert len(moment(1_000_000)) == len("1970-01-12 13:46:40")
