"""Workers hear of an operation when it is done, and everything in its order."""

from __future__ import annotations

from msgspec.structs import replace

from ngxpush.config.directives.push_stream.settings import PushStreamMain
from ngxpush.push.channels import Channel
from ngxpush.push.local_zone import LocalZone
from ngxpush.push.messages import DELETED_ID, Message
from ngxpush.push.news import News
from ngxpush.push.operations import Attach, ChannelRequest, Create, Delete, Publish, Subscribe, Unsubscribe
from ngxpush.push.templates import Templates
from ngxpush.push.zone import Zone

from .fakes import FakeClock, Recording

MAIN = PushStreamMain(shared_memory=(1 << 25, b"zone"))


def channel(**subscribers: int) -> Channel:
    made = Channel(b"a", 1, False, 0, ())
    made.subscribers = dict(subscribers)
    return made


def message(id: int) -> Message:
    return Message(id, b"a", b"m", 0, 0)


class Hearer:
    """A worker that adds more news when it hears the first message."""

    def __init__(self, name: str, news: News, heard: list[tuple[str, str, int]], more: Message | None = None) -> None:
        self.name = name
        self._news = news
        self._heard = heard
        self._more = more

    def message(self, message: Message) -> None:
        self._heard.append((self.name, "message", message.id))
        if self._more is not None:
            more, self._more = self._more, None
            self._news.add(channel(w1=1), more)
            self._news.pass_on()

    def deleted(self, message: Message) -> None:
        self._heard.append((self.name, "deleted", message.id))


def test_the_order_is_that_of_the_messages() -> None:
    news, heard = News(), []
    news.recipients = {"w1": Hearer("w1", news, heard, more=message(9)), "w2": Hearer("w2", news, heard)}
    news.add(channel(w1=1, w2=3), message(1))
    news.add(channel(w2=1, w3=1), message(2))
    news.add(channel(), message(3))
    news.add(channel(w1=1), message(DELETED_ID))
    news.pass_on()
    assert heard == [
        ("w1", "message", 1),
        ("w2", "message", 1),
        ("w2", "message", 2),
        ("w1", "deleted", DELETED_ID),
        ("w1", "message", 9),
    ]


def test_a_journal_is_right_even_when_subscribers_leave_as_they_get_a_message() -> None:
    main = replace(MAIN, events_channel_id=b"ev")
    journal = Recording()
    zone = Zone(main, Templates(main, ()), 0)
    local = LocalZone(zone, FakeClock(), journal)
    local.post(Attach("w1", 1))

    class Leaver:
        def message(self, message: Message) -> None:
            local.post(Unsubscribe("w1", (b"ev", b"a", b"b")))

        def deleted(self, message: Message) -> None:
            local.post(Unsubscribe("w1", (b"ev", b"b")))

    ids = tuple([ChannelRequest(id) for id in (b"ev", b"a", b"b")])
    for operation in (Publish((b"a", b"new"), b"m", True), Delete((b"a", b"new")), Create((b"c", b"d"))):
        zone.recipients.pop("w1", None)
        local.post(Subscribe("w1", ids, allow_connections_to_events_channel=True))
        zone.recipients["w1"] = Leaver()
        local.post(operation)
    again = Zone(main, Templates(main, ()), 0)
    for change, now in journal.entries:
        again.do(change, now)  # type: ignore[misc]
    assert list(again.save()) == list(zone.save())
