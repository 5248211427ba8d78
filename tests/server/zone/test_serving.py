"""The side that has the zone: what a worker at the other end of a socket asks, and what it is sent."""

from __future__ import annotations

import pytest

from ngxpush.push.local_zone import LocalZone
from ngxpush.push.messages import Message
from ngxpush.push.operations import Attach, ChannelRequest, Publish, Published, Subscribe, Subscribed
from ngxpush.push.zone import Zone
from ngxpush.server.zone.dialogue import (
    UNANSWERED,
    BrokenStream,
    Call,
    CallFailed,
    Deleted,
    Done,
    HandedOver,
    Heard,
    TakeOver,
    Unpacker,
    pack,
)
from ngxpush.server.zone.serving import ZoneClient, ZoneServer, calls_to
from tests.push.fakes import FakeClock
from tests.push.zone_contract import MAIN, NOW, templates

PUBLISH = Publish((b"x",), b"text", True)
MESSAGE = Message(1, b"x", b"text", NOW, 1)


class Served:
    """A worker `w1` that is attached, with what it is sent."""

    def __init__(self) -> None:
        self.local = LocalZone(Zone(MAIN, templates(MAIN), NOW), FakeClock())
        self.sent = b""
        self.client = ZoneClient(ZoneServer(calls_to(self.local)), self._write)
        self.local.listen("w1", self.client)
        self.local.do_at_once(Attach("w1", 7))

    def _write(self, data: bytes) -> None:
        self.sent += data


def test_an_answer_comes_before_the_messages_that_follow_it() -> None:
    served = Served()
    subscribe = Call(1, Subscribe("w1", (ChannelRequest(b"x"),)))
    served.client.received(b"".join(map(pack, [subscribe, Call(UNANSWERED, PUBLISH), Call(2, PUBLISH)])))
    frames = [*Unpacker().feed(served.sent)]
    assert frames[0] == Done(1, Subscribed())
    assert [type(frame) for frame in frames[1:]] == [Heard, Heard, Done]
    assert isinstance(frames[3], Done) and isinstance(frames[3].result, Published)


def test_a_call_that_is_not_whole_is_unread() -> None:
    served, call = Served(), pack(Call(1, PUBLISH))
    served.client.received(call[:9])
    assert served.client.unread == call[:9]


def test_a_call_that_fails_is_answered_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    served = Served()

    def fail(*_: object) -> None:
        raise ValueError("an error of this program")

    monkeypatch.setattr(Zone, "do", fail)
    served.client.received(pack(Call(1, PUBLISH)))
    assert [*Unpacker().feed(served.sent)] == [CallFailed(1, "ValueError: an error of this program")]


def test_a_worker_says_only_what_workers_say() -> None:
    served = Served()
    served.client.received(pack(HandedOver()))  # late, but allowed
    with pytest.raises(BrokenStream, match="TakeOver came from a worker"):
        served.client.received(pack(TakeOver()))
    assert served.sent == b""


def test_a_message_is_packed_once_for_all_workers() -> None:
    server = ZoneServer(pytest.fail)
    assert server.packed(Heard, MESSAGE) is server.packed(Heard, MESSAGE)
    assert server.packed(Deleted, MESSAGE) != server.packed(Heard, MESSAGE)
