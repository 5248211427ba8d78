"""Messages of one turn, joined for each subscriber."""

from __future__ import annotations

from itertools import product

import pytest

from ngxpush.config.directives.push_stream.settings import PushStreamLocation, SubscriberMode
from ngxpush.push.audiences import Audience, deliver
from ngxpush.push.delivery import Delivery, Payload, Repeated
from ngxpush.push.messages import Message
from ngxpush.push.question import Encoding
from ngxpush.push.templates import Templates
from tests.push.fakes import main_settings, worker

SETTINGS = PushStreamLocation(subscriber=SubscriberMode.STREAMING, message_template=b"~text~")


class Open:
    """An open answer; it keeps what it gets, one item for each write."""

    has_timer = False

    def __init__(self, delivery: Delivery, takes_joined: bool = True) -> None:
        self.channels = (b"a",)
        self.delivery = delivery
        self.takes_joined = takes_joined
        self.got: list[Payload | None] = []
        self.write = self.got.append

    def empty(self) -> None:
        self.got.append(None)

    def end(self) -> None:
        raise AssertionError


def audience(*clients: Open, repeated: Open | None = None) -> Audience:
    made = Audience()
    for client in clients:
        made.groups.setdefault(client.delivery, {})[client] = client.write
    if repeated is not None:
        made.groups.setdefault(repeated.delivery, {})[repeated] = Repeated(repeated.write, 2)
    return made


def messages(texts: bytes) -> list[Message]:
    """One for each byte; `.` is an empty one."""
    return [Message(1, b"a", text.strip(b"."), 0, 1, texts=(None,)) for text in (bytes([byte]) for byte in texts)]


def delivery(encoding: Encoding = Encoding.CHUNKED) -> Delivery:
    return worker(SETTINGS).delivery(SETTINGS, encoding)


def test_messages_of_a_turn_are_one_write_and_the_same_bytes_for_all() -> None:
    here = delivery()
    one, other = Open(here), Open(here)
    hearers = audience(one, other)
    deliver([(hearers, message) for message in messages(b"123")], 0)
    assert one.got == [b"1\r\n1\r\n1\r\n2\r\n1\r\n3\r\n"]
    assert one.got[0] is other.got[0]


def test_a_single_message_is_written_as_it_is_encoded() -> None:
    plain = Open(delivery(Encoding.IDENTITY))
    deliver([(audience(plain), messages(b"1")[0])], 0)
    assert plain.got == [(b"1",)]


def test_who_takes_nothing_joined_gets_each_by_itself() -> None:
    here = delivery()
    joined, apart = Open(here), Open(here, takes_joined=False)
    hearers = audience(joined, apart)
    deliver([(hearers, message) for message in messages(b"12")], 0)
    assert (joined.got, apart.got) == ([b"1\r\n1\r\n1\r\n2\r\n"], [b"1\r\n1\r\n", b"1\r\n2\r\n"])


def test_a_subscriber_of_several_channels_gets_their_messages_in_the_order_of_publishing() -> None:
    here = delivery(Encoding.FRAME)
    both, first, second = Open(here), Open(here), Open(here)
    channels = audience(both, first), audience(second, both)
    deliver([(channels[number], message) for number, message in zip((0, 1, 0, 0), messages(b"1234"), strict=True)], 0)
    assert (both.got, first.got, second.got) == ([b"1234"], [b"134"], [b"2"])


def test_a_channel_named_twice_gives_each_message_twice() -> None:
    here = delivery(Encoding.FRAME)
    once, twice = Open(here), Open(here)
    hearers = audience(once, repeated=twice)
    deliver([(hearers, message) for message in messages(b"12")], 0)
    assert (once.got, twice.got) == ([b"12"], [b"1122"])


@pytest.mark.parametrize("number", [1, 3])
def test_an_empty_message_is_no_write(number: int) -> None:
    chunked, plain = Open(delivery()), Open(delivery(Encoding.IDENTITY))
    hearers = audience(chunked, plain)
    deliver([(hearers, message) for message in messages(b".23"[:number])], 0)
    assert chunked.got == [None, b"1\r\n2\r\n", b"1\r\n3\r\n"][:number]
    assert plain.got == [None, (b"2",), (b"3",)][:number]


def test_the_time_of_each_message_is_kept() -> None:
    hearers = audience(Open(delivery()))
    deliver([(hearers, message) for message in messages(b"12")], 5)
    assert hearers.times.times == [5, 5]


def test_templates_of_two_modes() -> None:
    """Each delivery encodes for itself."""
    event = PushStreamLocation(subscriber=SubscriberMode.EVENTSOURCE)
    here = worker(SETTINGS, event)
    templates = Templates(main_settings(), (SETTINGS, event))
    clients = [Open(here.delivery(*of)) for of in product((SETTINGS, event), (Encoding.CHUNKED, Encoding.IDENTITY))]
    hearers = audience(*clients)
    both = messages(b"12")
    for message in both:
        message.texts = templates.texts(message)
    deliver([(hearers, message) for message in both], 0)
    assert [client.got for client in clients] == [
        [b"1\r\n1\r\n1\r\n2\r\n"],
        [(b"12",)],
        [b"9\r\ndata: 1\n\n\r\n9\r\ndata: 2\n\n\r\n"],
        [(b"data: 1\n\ndata: 2\n\n",)],
    ]
