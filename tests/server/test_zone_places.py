"""The zone on its way from worker to worker, and a worker's side of a zone elsewhere. Whole processes: tests/processes."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from ngxpush.config.directives.push_stream.settings import PushStreamMain
from ngxpush.push.local_zone import LocalZone
from ngxpush.push.shared import Message, Refusal
from ngxpush.push.templates import Templates
from ngxpush.push.zone import Zone
from ngxpush.server.journal import Journal
from ngxpush.server.pickle_stream import Unpacker, pack
from ngxpush.server.remote_zone import RemoteZone, ZoneLost
from ngxpush.server.zone_places import OwnZone, Predecessor, Settings, rebuild, store
from ngxpush.server.zone_server import HANDED_OVER, TAKE_OVER, ZoneClient, ZoneServer, calls_to
from tests.push.fakes import START, FakeClock

_MAIN = PushStreamMain(shared_memory=(1 << 20, b"zone"))
_SETTINGS = Settings(_MAIN, Templates(_MAIN, ()))
_NOW = int(START)
_PUBLISH = ("publish", ((b"x",), b"text", True, None, None))


class Listener:
    """A worker that notes what it is told."""

    pid = 7

    def __init__(self) -> None:
        self.told: list[tuple[str, bytes]] = []

    def message(self, message: Message) -> None:
        self.told.append(("message", message.text))

    def deleted(self, message: Message) -> None:
        self.told.append(("deleted", message.channel))


def _own_zone(journal: Journal, predecessors: tuple[Predecessor, ...] = (), epoch: int = 0) -> tuple[OwnZone, socket.socket]:
    """A place for the zone, and the end its heir gets."""
    heir, end = socket.socketpair()
    return OwnZone(journal, {0: _SETTINGS, 1: _SETTINGS}, epoch, predecessors, heir), end


def _published(zone: Zone) -> int:
    return zone.summary(_NOW).published_messages


def test_the_journal_gives_the_zone_back() -> None:
    async def scenario() -> None:
        journal = Journal()
        place, end = _own_zone(journal)
        zone = await place.open(7, FakeClock(), pytest.fail, pytest.fail)
        for _ in range(3):
            await zone.publish((b"x",), b"text", True)
        end.close()
        again, warning = rebuild(journal, {0: _SETTINGS}, 0, _NOW)
        assert warning is None
        assert _published(again) == 3
        assert again.channels_info((b"x",), _NOW).infos[0].stored_messages == 3

    asyncio.run(scenario())


def test_a_new_worker_forgets_the_dead_one_and_its_subscribers() -> None:
    journal = Journal()
    zone = Zone(_MAIN, _SETTINGS.templates, _NOW)
    zone.attach(6, _NOW)
    store(journal, zone, 0)

    async def scenario() -> None:
        place, end = _own_zone(journal)
        opened = await place.open(7, FakeClock(), pytest.fail, pytest.fail)
        assert [worker.pid for worker in (await opened.summary()).by_worker] == [7]
        end.close()

    asyncio.run(scenario())


def test_another_size_of_shared_memory_is_warned_of() -> None:
    journal = Journal()
    store(journal, Zone(_MAIN, _SETTINGS.templates, _NOW), 0)
    larger = Settings(replace(_MAIN, shared_memory=(2 << 20, b"zone")), _SETTINGS.templates)
    _, warning = rebuild(journal, {0: _SETTINGS, 1: larger}, 1, _NOW)
    assert warning is not None and "Cannot change memory area size without restart" in warning


@pytest.mark.parametrize("cut", [0, 3, 40])
def test_the_requests_of_the_worker_before_go_on(cut: int) -> None:
    """Whether it had the zone itself, or the master had it and had read the beginning of a call (`cut` bytes of it)."""
    call = pack((1, *_PUBLISH))
    near, far = socket.socketpair()
    if cut:
        predecessor = Predecessor(6, near, False, call[:cut], pack((9, "old answer")))
    else:
        predecessor = Predecessor(6, near)
        far.sendall(pack((0, HANDED_OVER, ())))
    far.sendall(call[cut:])

    async def scenario() -> None:
        place, end = _own_zone(Journal(), (predecessor,))
        opened = await place.open(7, FakeClock(), pytest.fail, pytest.fail)
        assert isinstance(opened, LocalZone)
        far.setblocking(False)
        unpacker, answers = Unpacker(), list[Any]()
        expected = [9, 1] if cut else [1]
        loop = asyncio.get_running_loop()
        received = b"" if cut else await loop.sock_recv(far, len(TAKE_OVER))
        assert received == (b"" if cut else TAKE_OVER)
        while len(answers) < len(expected):
            answers += unpacker.feed(await loop.sock_recv(far, 1 << 16))
        assert [number for number, _ in answers] == expected
        assert _published(opened.zone) == 1
        assert place.serving
        far.close()
        while place.serving:
            await asyncio.sleep(0)
        end.close()

    asyncio.run(scenario())


def test_a_worker_that_is_asked_for_its_zone_uses_the_heirs() -> None:
    async def scenario() -> None:
        replaced: list[Any] = []
        place, end = _own_zone(Journal())
        own = await place.open(7, FakeClock(), pytest.fail, replaced.append)
        listener = Listener()
        place.listen(own, listener)
        end.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(end, TAKE_OVER)
        handed = pack((0, HANDED_OVER, ()))
        assert await loop.sock_recv(end, len(handed)) == handed
        (remote,) = replaced
        remote.unsubscribe((b"x",))
        (asked,) = Unpacker().feed(await loop.sock_recv(end, 1 << 16))
        assert asked == (0, "unsubscribe", (7, (b"x",)))
        await loop.sock_sendall(end, pack((0, "message", Message(1, b"x", b"text", _NOW, 1))))
        while not listener.told:
            await asyncio.sleep(0)
        assert listener.told == [("message", b"text")]
        end.close()

    asyncio.run(scenario())


class Link:
    """A RemoteZone and the zone's side, with bytes handed over by hand."""

    def __init__(self, take_over: Callable[[], None] | None = None) -> None:
        self.local = LocalZone(Zone(_MAIN, _SETTINGS.templates, _NOW), 1, FakeClock())
        self.to_zone = self.to_worker = b""
        self.client = ZoneClient(ZoneServer(calls_to(self.local)), 7, self._answer)
        self.local.zone.listeners[7] = self.client
        self.remote = RemoteZone(7, self._ask, take_over)
        self.results: list[Any] = []

    def _ask(self, data: bytes) -> None:
        self.to_zone += data

    def _answer(self, data: bytes) -> None:
        self.to_worker += data

    def call(self, operation: str, *arguments: Any) -> None:
        self.remote.call(operation, arguments, self.results.append)

    def carry(self, piece: int = 1 << 20) -> None:
        """Hand over what both have written, in pieces."""
        to_zone, self.to_zone = self.to_zone, b""
        for start in range(0, len(to_zone), piece):
            self.client.received(to_zone[start : start + piece])
        to_worker, self.to_worker = self.to_worker, b""
        for start in range(0, len(to_worker), piece):
            self.remote.received(to_worker[start : start + piece])


@pytest.mark.parametrize("piece", [1, 7, 1 << 20])
def test_calls_are_answered_in_order_however_the_bytes_come(piece: int) -> None:
    link = Link()
    link.remote.post("attach", (7,))
    for _ in range(3):
        link.call(*_PUBLISH[:1], *_PUBLISH[1])
    link.call("channels_info", (b"x",))
    link.carry(piece)
    assert [infos[0].published_messages for infos in link.results[:3]] == [1, 2, 3]
    assert link.results[3].infos[0].stored_messages == 3


def test_a_call_that_fails_is_answered_with_its_exception() -> None:
    link = Link()
    link.call("publish", "too", "few")
    link.carry()
    assert isinstance(link.results[0], Exception)


def test_a_refusal_is_an_answer_like_any_other() -> None:
    main = replace(_MAIN, max_number_of_channels=1)
    link = Link()
    link.local.zone = Zone(main, Templates(main, ()), _NOW)
    link.call("create", (b"a", b"b"))
    link.carry()
    assert isinstance(link.results[0], Refusal) and link.results[0].status == 403


def test_calls_fail_when_the_zone_is_gone() -> None:
    link = Link()
    link.call("summary")
    link.remote.lost()
    link.call("summary")
    link.remote.post("attach", (7,))
    assert [type(result) for result in link.results] == [ZoneLost, ZoneLost]


def test_the_zone_asks_to_take_over() -> None:
    asked: list[bool] = []
    link = Link(lambda: asked.append(True))
    link.remote.received(TAKE_OVER)
    assert asked == [True]


def test_a_message_is_packed_once_for_all_workers() -> None:
    server = ZoneServer(pytest.fail)
    message = Message(1, b"x", b"text", _NOW, 1)
    assert server.packed("message", message) is server.packed("message", message)
    assert server.packed("deleted", message) != server.packed("message", message)
