"""A worker's side of a zone in another process, over a real socket to the loop of a master."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable
from typing import Any

import pytest

from ngxpush.config.directives.push_stream.settings import PushStreamMain
from ngxpush.push.local_zone import LocalZone
from ngxpush.push.messages import Message
from ngxpush.push.operations import Attach, ChannelsInfo, Publish, Published, Summary, ZoneLost, ZoneOperation
from ngxpush.push.templates import Templates
from ngxpush.push.zone import Zone
from ngxpush.server.processes.selecting import Loop, MastersEnd
from ngxpush.server.zone.dialogue import BrokenStream, Call, CallFailed, Done, HandedOver, Heard, Moved, TakeOver, Unpacker, pack
from ngxpush.server.zone.remote import RemoteZone, ZoneFailed
from ngxpush.server.zone.serving import ZoneClient, ZoneServer, calls_to
from tests.push.fakes import FakeClock
from tests.push.zone_contract import NOW, Hearer, OpenedZone, R, ZoneContract

PUBLISH = Publish((b"x",), b"text", True)


def _unexpected() -> None:
    raise AssertionError("the zone has not moved")


class OpenedRemoteZone:
    """A zone in a master, and workers that reach it over sockets. The worker that came last asks for everything."""

    def __init__(self, main: PushStreamMain, templates: Templates) -> None:
        self.clock = FakeClock()
        self.loop = Loop()
        self.local = LocalZone(Zone(main, templates, NOW), self.clock)
        self.local.start()
        self._server = ZoneServer(calls_to(self.local))
        self._ends: list[tuple[RemoteZone, socket.socket, bytearray]] = []
        self._masters_ends: list[MastersEnd] = []
        self.worker("asks")
        self.local.zone = Zone(main, templates, NOW)  # one that does not know this worker

    def worker(self, name: str, pid: int = 1) -> Hearer:
        near, far = socket.socketpair()
        masters_end = MastersEnd(self.loop, near, lambda data: client.received(data), lambda: None)
        client = ZoneClient(self._server, masters_end.write)
        self._masters_ends.append(masters_end)
        self.local.listen(name, client)
        unsent = bytearray()
        remote = RemoteZone(unsent.extend, _unexpected)
        hearer = Hearer()
        remote.listen(name, hearer)
        far.setblocking(False)
        self._ends.append((remote, far, unsent))
        self.do(Attach(name, pid))
        return hearer

    def do(self, operation: ZoneOperation[R]) -> R:
        results: list[Any] = []
        self._ends[-1][0].call(operation, results.append)
        while not results:
            for _, end, unsent in self._ends:
                _send(end, unsent)
            self.loop.turn()
            for remote, end, _ in self._ends:
                _receive(remote, end)
        result: R = results[0]
        return result

    def post(self, operation: ZoneOperation[Any]) -> None:
        self._ends[-1][0].post(operation)

    def forward(self, seconds: float) -> None:
        self.clock.forward(seconds)

    def close(self) -> None:
        self.local.stop()
        for masters_end in self._masters_ends:
            masters_end.close()
        for _, end, _ in self._ends:
            end.close()
        self.loop.close()


def _send(end: socket.socket, unsent: bytearray) -> None:
    with contextlib.suppress(BlockingIOError):
        while unsent:
            del unsent[: end.send(unsent)]


def _receive(remote: RemoteZone, end: socket.socket) -> None:
    with contextlib.suppress(BlockingIOError):
        while True:
            remote.received(end.recv(1 << 16))


class TestContract(ZoneContract):
    def open(self, main: PushStreamMain, templates: Templates) -> OpenedZone:
        return OpenedRemoteZone(main, templates)


class Link:
    """A RemoteZone and what it writes, with the answers of the other side put in by hand."""

    def __init__(self, take_over: Callable[[], None] | None = None, moved: Callable[[], None] = _unexpected) -> None:
        self.written = b""
        self.remote = RemoteZone(self._write, moved, take_over)
        self.results: list[Any] = []

    def _write(self, data: bytes) -> None:
        self.written += data

    def call(self, operation: ZoneOperation[Any]) -> None:
        self.remote.call(operation, self.results.append)


@pytest.mark.parametrize("piece", [1, 7, 1 << 20])
def test_answers_find_their_calls_however_the_bytes_come(piece: int) -> None:
    link = Link()
    link.remote.post(Attach("w1", 7))
    link.call(PUBLISH)
    link.call(ChannelsInfo((b"x",)))
    assert [*Unpacker().feed(link.written)] == [Call(0, Attach("w1", 7)), Call(1, PUBLISH), Call(2, ChannelsInfo((b"x",)))]
    data = pack(Done(1, Published(()))) + pack(CallFailed(2, "ValueError: why"))
    for start in range(0, len(data), piece):
        link.remote.received(data[start : start + piece])
    assert link.results[0] == Published(())
    assert isinstance(link.results[1], ZoneFailed) and str(link.results[1]) == "ValueError: why"


def test_calls_fail_when_the_zone_is_gone() -> None:
    link = Link()
    link.call(Summary())
    link.remote.lost()
    link.call(Summary())
    link.remote.post(Attach("w1", 7))
    assert [type(result) for result in link.results] == [ZoneLost, ZoneLost]


def test_the_zone_asks_to_take_over() -> None:
    asked: list[bool] = []
    link = Link(lambda: asked.append(True))
    link.remote.received(pack(TakeOver()))
    assert asked == [True]
    link.remote.hand_over()
    assert link.written == pack(HandedOver())


def test_the_zone_moves_on_to_another_process() -> None:
    moved: list[bool] = []
    Link(moved=lambda: moved.append(True)).remote.received(pack(Moved()))
    assert moved == [True]


def test_a_worker_that_is_not_ready_hears_nothing() -> None:
    Link().remote.received(pack(Heard(Message(1, b"x", b"text", NOW, 1))))


@pytest.mark.parametrize("frame", [HandedOver(), Call(1, PUBLISH), TakeOver(), Done(9, None)])
def test_what_no_zone_says_breaks_the_stream(frame: Any) -> None:
    with pytest.raises(BrokenStream):
        Link().remote.received(pack(frame))
