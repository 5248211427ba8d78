"""The master's part in the zone, for workers that are sockets. Whole processes: tests/processes."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from msgspec.structs import replace

from ngxpush.config.configuration import Configuration
from ngxpush.config.directives.push_stream.settings import PushStreamMain
from ngxpush.push.operations import Attach, Summary
from ngxpush.push.templates import Templates
from ngxpush.push.zone import Zone
from ngxpush.server.logs.log_files import ErrorLog, LogFiles
from ngxpush.server.processes.selecting import Loop
from ngxpush.server.setup.cache_memory import CacheMemory
from ngxpush.server.setup.limit_memory import LimitMemory
from ngxpush.server.setup.startup import Setup
from ngxpush.server.zone.dialogue import TAKE_OVER, Call, Done, HandedOver, Unpacker, pack
from ngxpush.server.zone.keeper import ZoneKeeper
from ngxpush.server.zone.places import MastersZone, OwnZone
from ngxpush.server.zone.restoring import store

_CUT = pack(Call(1, Summary()))[:7]


class Keeping:
    """A keeper of the zone of several workers, or of one."""

    def __init__(self, setup: Setup, several: bool) -> None:
        self.loop = Loop()
        self.said: list[tuple[str, str]] = []
        self.keeper = ZoneKeeper(self.loop, setup, several, lambda *line: self.said.append(line))
        self.ends: list[socket.socket] = []

    def worker(self, name: str) -> socket.socket:
        near, far = socket.socketpair()
        self.keeper.use(name, 7, near)
        self.ends += [near, far]
        far.sendall(pack(Call(0, Attach(name, 7))))
        self.loop.turn()
        return far

    def workers(self, end: socket.socket) -> list[str]:
        """The workers the zone knows, asked over this end."""
        end.sendall(pack(Call(1, Summary())))
        self.loop.turn()
        (frame,) = Unpacker().feed(end.recv(1 << 16))
        assert isinstance(frame, Done)
        return [worker.name for worker in frame.result.by_worker]  # type: ignore[union-attr]

    def close(self) -> None:
        self.loop.close()
        for end in self.ends:
            end.close()


@pytest.fixture
def setup() -> Setup:
    return Setup(Configuration(), (), [], LogFiles(), ErrorLog(()), LimitMemory(None), CacheMemory(None))


@pytest.fixture
def several(setup: Setup) -> Iterator[Keeping]:
    made = Keeping(setup, True)
    yield made
    made.close()


def test_the_zone_of_one_worker_is_in_it_and_that_of_several_in_the_master(setup: Setup, several: Keeping) -> None:
    end: Any = None
    one = Keeping(setup, False)
    assert isinstance(one.keeper.place("w1", end), OwnZone)
    assert isinstance(several.keeper.place("w1", end), MastersZone)
    one.close()


def test_a_dead_worker_is_forgotten(several: Keeping) -> None:
    first, _ = several.worker("w1"), several.worker("w2")
    assert several.workers(first) == ["w1", "w2"]
    several.keeper.forget("w2")
    assert several.workers(first) == ["w1"]


def test_a_worker_that_talks_nonsense_is_cut_off_and_the_others_are_served(several: Keeping) -> None:
    bad, good = several.worker("w1"), several.worker("w2")
    bad.sendall(b"nonsense")
    several.loop.turn()
    reason = "a frame of version 110 came where version 1 is spoken"
    assert several.said == [("alert", f"worker w1 is cut off from the channels: {reason}")]
    assert bad.recv(10) == b""
    assert several.workers(good) == ["w1", "w2"]


def test_a_worker_that_dies_within_a_frame_is_reported(several: Keeping) -> None:
    worker = several.worker("w1")
    worker.sendall(pack(Call(1, Summary()))[:7])
    several.loop.turn()
    worker.close()
    several.loop.turn()
    assert several.said == [("warn", "worker w1 left in the middle of a frame")]


def test_the_zone_of_one_worker_becomes_that_of_several(setup: Setup) -> None:
    keeping = Keeping(setup, False)
    near, old = socket.socketpair()
    keeping.ends += [near, old]
    old.sendall(pack(HandedOver()) + pack(Call(0, Attach("old", 6)))[:4])
    keeping.keeper.use("old", 6, near)
    keeping.keeper.move(setup, True)
    assert old.recv(100) == TAKE_OVER
    old.sendall(pack(Call(0, Attach("old", 6)))[4:])
    keeping.loop.turn()
    assert keeping.workers(old) == ["old"]
    keeping.close()


def test_the_zone_of_several_becomes_that_of_one(several: Keeping, setup: Setup) -> None:
    end = several.worker("w1")
    end.sendall(pack(Call(1, Summary()))[:7])
    several.loop.turn()
    several.keeper.move(setup, False)
    (predecessor,) = several.keeper.predecessors
    assert (predecessor.worker, predecessor.is_asked, predecessor.unread) == ("w1", False, pack(Call(1, Summary()))[:7])
    assert isinstance(several.keeper.place("w2", end), OwnZone)


def test_the_worker_that_took_the_zone_may_die_before_it_serves(several: Keeping, setup: Setup) -> None:
    """What the master had read is kept until then. The next one asks the older workers: the dead one may have answered some."""
    several.worker("w1").sendall(_CUT)
    several.loop.turn()
    several.keeper.move(setup, False)
    near, far = socket.socketpair()
    several.ends += [near, far]
    several.keeper.use("w2", 8, near)
    newest, oldest = several.keeper.predecessors
    assert (newest.worker, newest.passes_on) == ("w2", True)
    assert (oldest.worker, oldest.passes_on, oldest.is_asked, oldest.unread) == ("w1", False, True, _CUT)
    several.keeper.settled(0)
    assert [each.unread for each in several.keeper.predecessors] == [b"", b""]


def test_a_worker_whose_way_to_the_zone_is_dead_is_served_by_the_master(setup: Setup) -> None:
    """The oldest of three had the zone; the middle one took it, and let it go to the master."""
    keeping = Keeping(setup, False)
    (near, oldest), (second, middle) = socket.socketpair(), socket.socketpair()
    keeping.ends += [near, oldest, second, middle]
    keeping.keeper.use("oldest", 5, near)
    keeping.keeper.use("middle", 6, second)
    middle.sendall(pack(HandedOver()) + pack(Call(0, Attach("middle", 6))) + pack(Call(0, Attach("oldest", 5))))
    keeping.keeper.move(setup, True)
    keeping.keeper.forget("middle")
    assert oldest.recv(100) == TAKE_OVER
    assert keeping.workers(oldest) == ["oldest"]
    keeping.close()


def test_the_settings_the_journal_was_written_under_are_kept(setup: Setup) -> None:
    """Those of the first configuration, too, until a worker has written the journal anew."""
    keeping = Keeping(setup, False)
    end: Any = None
    first = keeping.keeper.place("w1", end)
    assert isinstance(first, OwnZone)
    store(first._journal, Zone(PushStreamMain(), Templates(PushStreamMain(), ()), 0), 0, 0)
    keeping.keeper.move(replace(setup, epoch=1), False)
    keeping.keeper.settled(1)
    second = keeping.keeper.place("w2", end)
    assert isinstance(second, OwnZone)
    assert set(second._all_settings) == {0, 1}
    store(first._journal, Zone(PushStreamMain(), Templates(PushStreamMain(), ()), 0), 1, 0)
    keeping.keeper.settled(1)
    assert set(second._all_settings) == {1}
    keeping.close()
