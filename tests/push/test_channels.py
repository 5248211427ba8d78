"""Which old messages a client gets."""

from __future__ import annotations

import pytest

from ngxpush.push.channels import Channel
from ngxpush.push.messages import Message
from ngxpush.push.operations import Resume

# name, second, tag, event id
STORED = [
    (b"m1", 10, 1, b"e1"),
    (b"m2", 10, 2, None),
    (b"m3", 10, 4, b"e3"),
    (b"m4", 11, 1, b"e1"),
    (b"m5", 12, 1, b""),
]


@pytest.fixture
def channel() -> Channel:
    channel = Channel(b"ch", 1, False, 0, ())
    for number, (text, time, tag, event_id) in enumerate(STORED):
        channel.stored.append(Message(number + 1, b"ch", text, time, tag, event_id, None, (text,)))
    return channel


@pytest.mark.parametrize(
    ("backtrack", "resume", "expected"),
    [
        (None, Resume(), ""),
        (2, Resume(), "m4 m5"),
        (99, Resume(), "m1 m2 m3 m4 m5"),
        # a backtrack is stronger than all else
        (1, Resume(time=10, tag=1, event_id=b"e1"), "m5"),
        # time and tag
        (None, Resume(time=9), "m1 m2 m3 m4 m5"),
        (None, Resume(time=10), "m4 m5"),
        (None, Resume(time=12), ""),
        (None, Resume(time=10, tag=0), "m1 m2 m3 m4 m5"),
        (None, Resume(time=10, tag=1), "m2 m3 m4 m5"),
        (None, Resume(time=10, tag=3), "m3 m4 m5"),
        (None, Resume(time=10, tag=4), "m4 m5"),
        (None, Resume(time=10, tag=9), "m4 m5"),
        (None, Resume(time=0, tag=9), "m1 m2 m3 m4 m5"),
        (None, Resume(tag=1), ""),
        # an event id: the first message that has it
        (None, Resume(event_id=b"e1"), "m2 m3 m4 m5"),
        (None, Resume(event_id=b"e3"), "m4 m5"),
        (None, Resume(event_id=b"e9"), ""),
        (None, Resume(event_id=b""), ""),
        # whichever comes first
        (None, Resume(time=9, event_id=b"e3"), "m1 m2 m3 m4 m5"),
        (None, Resume(time=10, tag=1, event_id=b"e3"), "m2 m3 m4 m5"),
        (None, Resume(time=10, event_id=b"e3"), "m4 m5"),
        (None, Resume(time=99, event_id=b"e3"), "m4 m5"),
        (None, Resume(time=10, event_id=b"e9"), "m4 m5"),
    ],
)
def test_old_messages(channel: Channel, backtrack: int | None, resume: Resume, expected: str) -> None:
    texts = [message.text.decode() for message in channel.old_messages(backtrack, resume)]
    assert " ".join(texts) == expected
