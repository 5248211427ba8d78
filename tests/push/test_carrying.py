"""A reload that changes the templates: the stored messages follow in slices, and no one can see it."""

from __future__ import annotations

from ngxpush.config.directives.push_stream.settings import PushStreamLocation, SubscriberMode
from ngxpush.push.lifetimes import SLICE
from ngxpush.push.messages import Message
from ngxpush.push.operations import Attach, ChannelRequest, Delete, Publish, Stay, Subscribe, Subscribed
from ngxpush.push.snapshot import SavedMessages
from ngxpush.push.templates import Templates
from ngxpush.push.zone import Zone

from .fakes import main_settings

MAIN = main_settings()


def templates(*texts: bytes) -> Templates:
    return Templates(MAIN, [PushStreamLocation(subscriber=SubscriberMode.STREAMING, message_template=text) for text in texts])


def make(channels: int, messages: int = 1) -> Zone:
    """A zone with so many messages in each of its channels, published and then reloaded with a second template."""
    zone = Zone(MAIN, templates(b"old:~text~"), 0)
    zone.do(Attach("w", 1), 0)
    for _ in range(messages):
        zone.do(Publish(tuple([b"%d" % number for number in range(channels)]), b"m", True), 0)
    zone.configure(MAIN, templates(b"new:~text~", b"2:~text~"), 0)
    return zone


def stored(zone: Zone, channel: bytes, backtrack: int = 9) -> list[tuple[bytes | None, ...]]:
    """The texts of the channel's last messages, as a subscriber gets them."""
    answer = zone.do(Subscribe("w", (ChannelRequest(channel, backtrack),), stay=Stay.NEVER), 0)
    assert isinstance(answer, Subscribed)
    return [message.texts for message in answer.messages]


def test_whoever_asks_before_its_turn_gets_the_new_texts() -> None:
    zone = make(3)
    zone.do(Publish((b"1",), b"m", True), 0)
    assert stored(zone, b"1") == [(b"old:m", b"2:m"), (b"new:m", b"2:m")]
    assert not zone.carry_on()
    assert stored(zone, b"1") == [(b"old:m", b"2:m"), (b"new:m", b"2:m")]


def test_a_slice_is_so_many_channels_and_messages() -> None:
    zone = make(SLICE - 1)
    assert zone.carry_on()
    assert not zone.carry_on()
    zone = make(1, 3 * SLICE)
    assert [zone.carry_on() for _ in range(3)] == [True, True, False]


def test_deleted_channels_and_messages_that_leave_do_no_harm() -> None:
    zone = make(2 * SLICE)
    assert zone.carry_on()
    zone.do(Delete((b"0", b"%d" % SLICE)), 0)
    while zone.carry_on():
        pass
    assert stored(zone, b"%d" % (SLICE + 1)) == [(b"old:m", b"2:m")]


def test_a_snapshot_has_the_new_texts() -> None:
    messages: list[Message] = []
    for value in make(3).save():
        if isinstance(value, SavedMessages):
            messages += value.messages
    assert [message.texts for message in messages] == [(b"old:m", b"2:m")] * 3


def test_the_next_reload_finishes_what_the_one_before_has_left() -> None:
    zone = make(3)
    zone.configure(MAIN, templates(b"3", b"3:~text~", b"3:~text~!"), 0)
    zone.configure(MAIN, templates(b"4", b"4:~text~"), 0)
    assert stored(zone, b"2") == [(b"old:m", b"2:m", b"3:m!")]
