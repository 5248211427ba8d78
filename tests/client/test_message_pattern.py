"""Message templates, read backwards. What the module's own code writes is what is read."""

from __future__ import annotations

import pytest

from ngxpush.client.message_pattern import MessagePattern
from ngxpush.client.received_message import ReceivedMessage
from ngxpush.push.messages import Message
from ngxpush.push.templates import Kind, Template

JSON = b'{"id":~id~,"channel":"~channel~","text":"~text~","tag":~tag~,"time":"~time~","event":"~event-id~","type":"~event-type~"}'


@pytest.mark.parametrize(
    "message",
    [
        Message(7, b"news", b"Hello", 784111777, 3, event_id=b"42", event_type=b"headline"),
        Message(1, b"a/b", b'"}\n{"id":9', 784111777, 1),
        Message(-1, b"", b" ", 0, 0),
        Message(12, b"c", b"", 784111777, 10),
        Message(1, b"c", b"\xff\0", 784111777, 1),
    ],
)
def test_a_written_message_is_read(message: Message) -> None:
    read = MessagePattern(JSON).whole(Template(JSON, Kind.PLAIN).format(message))
    assert read == ReceivedMessage(
        message.text,
        message.id,
        message.channel.decode() or None,
        message.time,
        message.tag,
        None if message.event_id is None else message.event_id.decode(),
        None if message.event_type is None else message.event_type.decode(),
    )


@pytest.mark.parametrize(
    ("template", "piece", "expected"),
    [
        (b"~text~", b"any\nthing", ReceivedMessage(b"any\nthing")),
        (b"<~ID~> ~Text~", b"<3> a", ReceivedMessage(b"a", id=3)),
        (b"~text~ ~size~ ~text~", b"ab 2 ab", ReceivedMessage(b"ab")),
        (b"~text~ ~size~ ~text~", b"ab 2 ba", None),
        (b"(~text~)", b"~text~", None),
        (b"~id~:~text~", b"99999999999999999999:a", ReceivedMessage(b"a")),
    ],
)
def test_one_piece(template: bytes, piece: bytes, expected: ReceivedMessage | None) -> None:
    assert MessagePattern(template).whole(piece) == expected


def test_a_template_without_text() -> None:
    with pytest.raises(ValueError, match="needs ~text~"):
        MessagePattern(b"~id~\n")


def test_messages_are_taken_out_of_what_is_around_them() -> None:
    buffer = bytearray(b"<html>(1 a)\r\n\r\n(2 b)(3 ")
    pattern = MessagePattern(b"(~id~ ~text~)")
    assert [(message.id, message.data) for message in pattern.take(buffer)] == [(1, b"a"), (2, b"b")]
    assert buffer == b"(3 "


def test_each_line_of_an_event_went_through_the_template() -> None:
    message = Message(7, b"news", b"one\ntwo", 784111777, 3)
    lines = Template(JSON, Kind.EVENTSOURCE).format(message).removesuffix(b"\n\n").replace(b"data: ", b"")
    read = MessagePattern(JSON).of_lines(lines)
    assert (read.data, read.id) == (b"one\ntwo", 7)
    assert MessagePattern(JSON).of_lines(b"another\nform") == ReceivedMessage(b"another\nform")
