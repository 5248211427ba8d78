"""The zone on its way from worker to worker. Whole processes: tests/processes."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Any

import pytest

from ngxpush.push.local_zone import LocalZone
from ngxpush.push.messages import Message
from ngxpush.push.operations import Attach, Forget, Publish, SharedZone, Summary, Unsubscribe
from ngxpush.push.zone import Zone
from ngxpush.server.zone.dialogue import TAKE_OVER, Call, Done, HandedOver, Heard, TakeOver, Unpacker, pack
from ngxpush.server.zone.journal import Journal
from ngxpush.server.zone.places import MastersZone, OwnZone, Tenant
from ngxpush.server.zone.predecessors import Predecessor
from ngxpush.server.zone.remote import RemoteZone
from ngxpush.server.zone.restoring import ZoneSettings, store
from tests.push.fakes import FakeClock
from tests.push.zone_contract import MAIN, NOW, Hearer, templates

_SETTINGS = ZoneSettings(MAIN, templates(MAIN))
_PUBLISH = Publish((b"x",), b"text", True)
_CALL = pack(Call(1, _PUBLISH))
_NONSENSE = "a frame of version 110 came where version 1 is spoken"  # b"n" is 110


def _own_zone(journal: Journal, *predecessors: Predecessor) -> tuple[OwnZone, socket.socket]:
    """A place for the zone, and the end its heir gets."""
    heir, end = socket.socketpair()
    end.setblocking(False)
    return OwnZone("new", journal, {0: _SETTINGS}, 0, predecessors, heir), end


class Spoken:
    """A worker that is to open its zone; `said` and `happened` are what came of it."""

    def __init__(self) -> None:
        self.said: list[tuple[str, str]] = []
        self.happened: list[Any] = []
        self.tenant = Tenant(
            7,
            FakeClock(),
            lambda level, text: self.said.append((level, text)),
            lambda: self.happened.append("leave"),
            self.happened.append,
            lambda: self.happened.append("lost"),
        )


def _published(zone: SharedZone) -> int:
    assert isinstance(zone, LocalZone)
    return zone.do_at_once(Summary()).published_messages


async def _until(condition: Callable[[], bool]) -> None:
    while not condition():
        await asyncio.sleep(0)


def _predecessor(earlier: bytes = b"", is_asked: bool = True, **more: bytes) -> tuple[Predecessor, socket.socket]:
    """An old worker that has said `earlier`, and its end."""
    near, far = socket.socketpair()
    far.sendall(earlier)
    far.setblocking(False)
    return Predecessor("old", 6, near, is_asked=is_asked, **more), far


def test_a_new_worker_forgets_the_dead_one_and_its_subscribers() -> None:
    journal = Journal()
    zone = Zone(MAIN, _SETTINGS.templates, NOW)
    zone.do(Attach("old", 6), NOW)
    store(journal, zone, 0, NOW)

    async def scenario() -> None:
        place, end = _own_zone(journal)
        opened = await place.open(Spoken().tenant)
        assert [(worker.name, worker.pid) for worker in (await opened.do(Summary())).by_worker] == [("new", 7)]
        end.close()

    asyncio.run(scenario())


@pytest.mark.parametrize("cut", [0, 3, 30])
def test_the_requests_of_the_worker_before_go_on(cut: int) -> None:
    """Whether it had the zone itself, or the master had it and had read the beginning of a call (`cut` bytes of it)."""
    if cut:
        predecessor, far = _predecessor(_CALL[cut:], is_asked=False, unread=_CALL[:cut], unsent=pack(Done(9, None)))
    else:
        predecessor, far = _predecessor(pack(HandedOver()) + _CALL)

    async def scenario() -> None:
        place, end = _own_zone(Journal(), predecessor)
        opened = await place.open(Spoken().tenant)
        expected = [Done, Done] if cut else [TakeOver, Done]
        frames, unpacker = list[Any](), Unpacker()
        while len(frames) < len(expected):
            frames += unpacker.feed(await asyncio.get_running_loop().sock_recv(far, 1 << 16))
        assert [type(frame) for frame in frames] == expected
        assert frames[-1].number == 1
        assert _published(opened) == 1
        assert place.serving
        far.close()
        await _until(lambda: not place.serving)
        end.close()

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("said", "log"),
    [
        (b"nonsense", ("alert", f"worker old is cut off from the channels: {_NONSENSE}")),
        (pack(Done(1, None)), ("alert", "worker old is cut off from the channels: Done came from a worker")),
        (_CALL[:-1], ("warn", "worker old left in the middle of a frame")),
    ],
)
def test_a_worker_before_that_talks_nonsense_is_cut_off(said: bytes, log: tuple[str, str]) -> None:
    async def scenario() -> None:
        spoken = Spoken()
        predecessor, far = _predecessor(is_asked=False)
        place, end = _own_zone(Journal(), predecessor)
        opened = await place.open(spoken.tenant)
        far.sendall(said)
        far.shutdown(socket.SHUT_WR)
        await _until(lambda: not place.serving)
        assert spoken.said == [log]
        assert [worker.name for worker in (await opened.do(Summary())).by_worker] == ["new"]
        far.close()
        end.close()

    asyncio.run(scenario())


def test_a_worker_that_is_asked_for_its_zone_uses_the_heirs() -> None:
    async def scenario() -> None:
        spoken, hearer, loop = Spoken(), Hearer(), asyncio.get_running_loop()
        place, end = _own_zone(Journal())
        await loop.sock_sendall(end, TAKE_OVER)
        (await place.open(spoken.tenant)).listen("new", hearer)
        assert spoken.happened == []  # it does not serve yet
        place.opened()
        assert [*Unpacker().feed(await loop.sock_recv(end, 1 << 16))] == [HandedOver()]
        leave, remote = spoken.happened
        assert leave == "leave"
        remote.post(Unsubscribe("new", (b"x",)))
        assert [*Unpacker().feed(await loop.sock_recv(end, 1 << 16))] == [Call(0, Unsubscribe("new", (b"x",)))]
        await loop.sock_sendall(end, pack(Heard(Message(1, b"x", b"text", NOW, 1))))
        await _until(lambda: bool(hearer.messages))
        end.close()
        await _until(lambda: "lost" in spoken.happened)

    asyncio.run(scenario())


def test_a_worker_uses_the_zone_of_the_master() -> None:
    async def scenario() -> None:
        spoken, hearer, loop = Spoken(), Hearer(), asyncio.get_running_loop()
        near, far = socket.socketpair()
        far.setblocking(False)
        place = MastersZone("w1", _SETTINGS, near)
        zone = await place.open(spoken.tenant)
        assert isinstance(zone, RemoteZone)
        zone.listen("w1", hearer)
        zone.post(Forget("w0"))
        frames, unpacker = list[Any](), Unpacker()
        while len(frames) < 2:
            frames += unpacker.feed(await loop.sock_recv(far, 1 << 16))
        assert frames == [Call(0, Attach("w1", 7)), Call(0, Forget("w0"))]
        await loop.sock_sendall(far, pack(Heard(Message(1, b"x", b"text", NOW, 1))) + b"nonsense")
        await _until(lambda: "lost" in spoken.happened)
        assert hearer.heard == [(b"x", 1, b"text")]
        assert spoken.said == [("alert", f"this worker is cut off from the channels: {_NONSENSE}")]
        far.close()

    asyncio.run(scenario())
