"""Templates that make JSON."""

from __future__ import annotations

import pytest

from ngxpush.lint.json_templates import is_broken_by, is_json, quotes_text
from ngxpush.push.messages import PING_ID, Message


@pytest.mark.parametrize(
    ("template", "json", "quoted"),
    [
        (b'{"id":~id~,"text":"~text~"}', True, True),
        (b'{"id":~id~,"text":"from ~channel~: ~TEXT~!"}', True, True),
        (b'{"id":~id~,"text":~text~}', True, False),
        (b'<<{"id":~id~,"text":~text~}>>\n', True, False),
        (b'[~id~,"~text~"]', True, True),
        (b'{"id":~id~}', True, False),
        (b"~text~", False, False),
        (b'~id~ says "~text~"', False, False),
        (b'{id: "~text~"}', False, False),
        (b"{~text~}", False, False),
    ],
)
def test_json_and_quotes(template: bytes, json: bool, quoted: bool) -> None:
    assert (is_json(template), quotes_text(template)) == (json, quoted)


@pytest.mark.parametrize(
    ("template", "text", "broken"),
    [
        (b'{"text":~text~}', b" ", True),
        (b'{"text":~text~}', b'""', False),
        (b'{"text":"~text~"}', b" ", False),
        (b"~text~", b" ", False),
    ],
)
def test_a_ping_breaks_a_template(template: bytes, text: bytes, broken: bool) -> None:
    assert is_broken_by(template, Message(PING_ID, b"", text, 0, 0)) is broken
