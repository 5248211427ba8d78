"""The zone fills up when the module's does."""

from __future__ import annotations

import pytest

from ngxpush.config.directives.push_stream.settings import PushStreamLocation, PushStreamMain, SubscriberMode
from ngxpush.push.memory import Memory, message_sizes
from ngxpush.push.messages import Message
from ngxpush.push.operations import Attach, ChannelRequest, Publish, Refusal, Subscribe
from ngxpush.push.templates import Templates
from ngxpush.push.zone import Zone

K, M = 1024, 1024 * 1024
ONE = (b"~text~",)


def zone(size: int, templates: tuple[bytes, ...]) -> Zone:
    main = PushStreamMain(shared_memory=(size, b"zone"))
    locations = [PushStreamLocation(subscriber=SubscriberMode.STREAMING, message_template=text) for text in templates]
    made = Zone(main, Templates(main, locations), 0)
    made.do(Attach("w1", 1), 0)
    return made


@pytest.mark.parametrize(
    ("size", "body", "templates", "expected"),
    [
        (128 * K, 1, ONE, 320),
        (1 * M, 1, ONE, 6047),
        (2 * M, 1, ONE, 12512),
        (10 * M, 1, ONE, 64512),
        (2 * M, 7, ONE, 12512),
        (2 * M, 8, ONE, 11936),
        (2 * M, 15, ONE, 11360),
        (2 * M, 16, ONE, 10414),
        (2 * M, 31, ONE, 9600),
        (2 * M, 32, ONE, 8352),
        (2 * M, 63, ONE, 7366),
        (2 * M, 64, ONE, 5968),
        (2 * M, 100, ONE, 5013),
        (2 * M, 127, ONE, 5013),
        (2 * M, 128, ONE, 3807),
        (2 * M, 255, ONE, 3055),
        (2 * M, 256, ONE, 2200),
        (2 * M, 500, ONE, 1716),
        (2 * M, 1000, ONE, 914),
        (2 * M, 2000, ONE, 473),
        (2 * M, 2048, ONE, 318),
        (2 * M, 3000, ONE, 240),
        (2 * M, 4096, ONE, 161),
        (2 * M, 5000, ONE, 121),
        (2 * M, 10000, ONE, 81),
        (2 * M, 100000, ONE, 9),
        (2 * M, 100, (b"~text~", b"[~text~]"), 3683),
        (2 * M, 100, (b"~text~", b"[~text~]", b"<~text~>", b"(~text~~channel~)"), 2416),
        (2 * M, 100, (), 7600),
    ],
)
def test_messages_in_one_channel(size: int, body: int, templates: tuple[bytes, ...], expected: int) -> None:
    full = zone(size, templates)
    published = 0
    while not isinstance(full.do(Publish((b"ch",), b"x" * body, True), 0), Refusal):
        published += 1
    assert published == expected


def test_event_id_and_type_are_kept_twice() -> None:
    full = zone(2 * M, ONE)
    published = 0
    while not isinstance(full.do(Publish((b"ch",), b"x" * 100, True, b"id-six", b"typsix"), 0), Refusal):
        published += 1
    assert published == 3786


@pytest.mark.parametrize(("digits", "body", "expected"), [(4, 1, 4736), (4, 100, 3024), (40, 1, 4192)])
def test_a_message_in_each_new_channel(digits: int, body: int, expected: int) -> None:
    full = zone(2 * M, ONE)
    published = 0
    while not isinstance(full.do(Publish((b"%0*d" % (digits, published),), b"x" * body, True), 0), Refusal):
        published += 1
    assert published == expected


@pytest.mark.parametrize(("size", "expected"), [(128 * K, 192), (1 * M, 2976)])
def test_a_subscriber_of_each_new_channel(size: int, expected: int) -> None:
    full = zone(size, ONE)
    subscribed = 0
    while not isinstance(full.do(Subscribe("w1", (ChannelRequest(b"%04d" % subscribed),)), 0), Refusal):
        subscribed += 1
    assert subscribed == expected


def test_what_is_given_back_can_be_taken_again() -> None:
    memory = Memory(128 * K)
    everything = memory.snapshot()
    message = Message(1, b"ch", b"x" * 3000, 0, 1, b"id", b"type", (b"x" * 3000, b"y" * 10))
    taken = [message_sizes(message)]
    while memory.take(taken[-1]):
        taken.append(message_sizes(message))
    assert not memory.take(taken.pop())
    for sizes in taken:
        memory.give(sizes)
    assert memory.snapshot() == everything


def test_a_failed_take_takes_nothing() -> None:
    memory = Memory(128 * K)
    before = memory.snapshot()
    assert not memory.take((8, 100, 3000, 10 * M))
    assert memory.snapshot() == before


def test_a_charge_is_always_taken_and_has_to_be_given_back() -> None:
    memory = Memory(128 * K)
    before = memory.snapshot()
    memory.charge((8, 100, 3000, 10 * M))
    assert not memory.take((4096,))
    assert not memory.take((500,))
    memory.give((8, 100, 3000, 10 * M))
    assert memory.snapshot() == before
