from __future__ import annotations

from ngxpush.push.messages import Message


def test_a_template_that_adds_nothing_takes_no_memory_of_its_own() -> None:
    message = Message(1, b"a", b"text", 0, 1, texts=(None, b"<text>", b""))
    assert message.formatted(0) is message.text
    assert (message.formatted(1), message.formatted(2)) == (b"<text>", b"")
