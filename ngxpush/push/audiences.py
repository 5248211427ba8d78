"""The subscribers of a channel in this process, and how they get its messages.

A message is encoded once for each `Delivery` of its channel, then each subscriber costs one call of its `write` with the same
bytes object.  Messages of one turn of the event loop are joined before that, for all subscribers that get the same ones: a
write costs more than all the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Protocol

from .delivery import Delivery, Payload, Repeated, Write, joined
from .messages import Message
from .ping_times import MessageTimes
from .question import PushClient


class Subscriber(Protocol):
    """A client that is subscribed, in whichever mode.

    channels: those it is subscribed to, in its order, twice where it named one twice.
    """

    channels: tuple[bytes, ...]

    @property
    def client(self) -> PushClient:
        """Who it is."""

    @property
    def has_timer(self) -> bool:
        """Whether something happens to it by itself at a certain time: its end, or a ping."""

    def end(self) -> None:
        """End the answer, at its connection ttl and at a stop or reload."""


class OpenSubscriber(Subscriber, Protocol):
    """A subscriber whose answer stays open: it gets every message by `write`, encoded by its `delivery`, or `empty`."""

    @property
    def delivery(self) -> Delivery: ...

    @property
    def write(self) -> Write: ...

    @property
    def takes_joined(self) -> bool:
        """See Sink."""

    def empty(self) -> None: ...


class WaitingSubscriber(Subscriber, Protocol):
    """A long-polling subscriber: the first message is its answer."""

    def message(self, message: Message) -> None:
        """Answer, unless the client is answered already, or gone. It may have left its channels already."""


class Audience:
    """The subscribers of one channel in this process, and when its messages came."""

    __slots__ = ("groups", "times", "waiting")

    def __init__(self) -> None:
        self.times = MessageTimes()
        self.groups: dict[Delivery, dict[OpenSubscriber, Write]] = {}
        self.waiting: dict[WaitingSubscriber, None] = {}

    @property
    def size(self) -> int:
        """How many subscribers they are."""
        return sum(map(len, self.groups.values())) + len(self.waiting)


Heard = tuple[Audience, Message]


def deliver(news: Sequence[Heard], now: float) -> None:
    """Give messages, in their order, to those in the audiences of their channels whose answers stay open."""
    for audience, _ in news:
        audience.times.add(now)
    bundles = _bundles(news) if len(news) > 1 else None
    if bundles is not None:
        _write(bundles)
    else:
        _give(news)


def _give(news: Sequence[Heard]) -> None:
    """Give messages, one by one, to those whose answers are open now. Some of them may end meanwhile."""
    groups = [
        (delivery, message, group, tuple(group.items()))
        for audience, message in news
        for delivery, group in audience.groups.items()
    ]
    for delivery, message, group, clients in groups:
        payload = delivery.encode(message)
        if len(news) > 1:
            clients = tuple([(client, write) for client, write in clients if client in group])
        if payload:
            for _, write in clients:
                write(payload)
        else:
            for client, _ in clients:
                client.empty()


_Bundles = dict[OpenSubscriber, tuple[Payload, ...]]


def _bundles(news: Iterable[Heard]) -> _Bundles | None:
    """What each open subscriber gets, message by message; None where one is empty for some: to take it is more than a write."""
    bundles: _Bundles = {}
    for audience, some in groupby(news, key=itemgetter(0)):
        messages = [message for _, message in some]
        for delivery, group in audience.groups.items():
            payloads = tuple([delivery.encode(message) for message in messages])
            if not all(payloads):
                return None
            for client, write in group.items():
                before = bundles.get(client, ())
                bundles[client] = before + (write.repeat(payloads) if isinstance(write, Repeated) else payloads)
    return bundles


def _write(bundles: _Bundles) -> None:
    """Write to each subscriber once."""
    known: dict[tuple[Payload, ...], Payload] = {}
    for client, payloads in bundles.items():
        if len(payloads) > 1 and client.takes_joined:
            payload = known.get(payloads)
            if payload is None:
                payload = known[payloads] = joined(payloads)
            client.write(payload)
        else:
            for payload in payloads:
                client.write(payload)
