"""Workers are told when an operation is done, and everything in its order."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ngxpush.config.directives.push_stream.settings import PushStreamMain
from ngxpush.push.channels import Channel
from ngxpush.push.local_zone import LocalZone
from ngxpush.push.news import News
from ngxpush.push.shared import DELETED_ID, ChannelRequest, Message, Subscription
from ngxpush.push.templates import Templates
from ngxpush.push.zone import Zone

from .fakes import FakeClock, run

MAIN = PushStreamMain(shared_memory=(1 << 25, b"zone"))


def channel(**subscribers: int) -> Channel:
    made = Channel(b"a", False, 0)
    made.subscribers = {int(pid[1:]): number for pid, number in subscribers.items()}
    return made


def message(id: int) -> Message:
    return Message(id, b"a", b"m", 0, 0)


class Hearer:
    """A worker that adds more news when it hears the first message."""

    def __init__(self, pid: int, news: News, told: list[tuple[int, str, int]], more: Message | None = None) -> None:
        self.pid = pid
        self._news = news
        self._told = told
        self._more = more

    def message(self, message: Message) -> None:
        self._told.append((self.pid, "message", message.id))
        if self._more is not None:
            more, self._more = self._more, None
            self._news.add(channel(p1=1), more)
            self._news.tell()

    def deleted(self, message: Message) -> None:
        self._told.append((self.pid, "deleted", message.id))


def test_the_order_is_that_of_the_messages() -> None:
    news, told = News(), []
    news.listeners = {1: Hearer(1, news, told, more=message(9)), 2: Hearer(2, news, told)}
    news.add(channel(p1=1, p2=3), message(1))
    news.add(channel(p2=1, p3=1), message(2))
    news.add(channel(), message(3))
    news.add(channel(p1=1), message(DELETED_ID))
    news.tell()
    assert told == [
        (1, "message", 1),
        (2, "message", 1),
        (2, "message", 2),
        (1, "deleted", DELETED_ID),
        (1, "message", 9),
    ]


def test_a_journal_is_right_even_when_subscribers_leave_as_they_are_told() -> None:
    main = replace(MAIN, events_channel_id=b"ev")
    journal: list[tuple[str, tuple[Any, ...]]] = []
    zone = Zone(main, Templates(main, ()), 0)
    local = LocalZone(zone, 1, FakeClock(), lambda *operation: journal.append(operation))

    class Leaver:
        pid = 1

        def message(self, message: Message) -> None:
            local.unsubscribe((b"ev", b"a", b"b"))

        def deleted(self, message: Message) -> None:
            local.unsubscribe((b"ev", b"b"))

    ids = tuple([ChannelRequest(id) for id in (b"ev", b"a", b"b")])
    for operation in (local.publish((b"a", b"new"), b"m", True), local.delete((b"a", b"new")), local.create((b"c", b"d"))):
        zone.listeners.pop(1, None)
        run(local.subscribe(Subscription(ids, allow_connections_to_events_channel=True)))
        zone.listeners[1] = Leaver()
        run(operation)  # type: ignore[arg-type]
    again = Zone(main, Templates(main, ()), 0)
    for name, arguments in journal:
        again.apply(name, arguments)
    assert again.snapshot() == zone.snapshot()
