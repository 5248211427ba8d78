"""The master's part in the zone, for workers that are sockets. Whole processes: tests/processes."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from ngxpush.config.configuration import Configuration
from ngxpush.push.operations import Attach, Summary
from ngxpush.server.logs.log_files import ErrorLog, LogFiles
from ngxpush.server.processes.selecting import Loop
from ngxpush.server.setup.limit_memory import LimitMemory
from ngxpush.server.setup.startup import Setup
from ngxpush.server.zone.dialogue import Call, Done, HandedOver, TakeOver, Unpacker, pack
from ngxpush.server.zone.keeper import ZoneKeeper
from ngxpush.server.zone.places import MastersZone, OwnZone


class Keeping:
    """A keeper of the zone of several workers, or of one."""

    def __init__(self, setup: Setup, several: bool) -> None:
        self.loop = Loop()
        self.said: list[tuple[str, str]] = []
        self.keeper = ZoneKeeper(self.loop, setup, several, lambda *line: self.said.append(line))
        self.ends: list[socket.socket] = []

    def worker(self, name: str) -> socket.socket:
        near, far = socket.socketpair()
        self.keeper.use(name, near)
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
    return Setup(Configuration(), None, [], LogFiles(), ErrorLog(()), LimitMemory(None))


@pytest.fixture
def several(setup: Setup) -> Iterator[Keeping]:
    made = Keeping(setup, True)
    yield made
    made.close()


def test_the_zone_of_one_worker_is_in_it_and_that_of_several_in_the_master(setup: Setup, several: Keeping) -> None:
    end: Any = None
    one = Keeping(setup, False)
    assert isinstance(one.keeper.place("w1", (), end), OwnZone)
    assert isinstance(several.keeper.place("w1", (), end), MastersZone)
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
    assert keeping.keeper.move(setup, True, ("old", near), {"old": near}) == ()
    assert old.recv(100) == pack(TakeOver())
    old.sendall(pack(Call(0, Attach("old", 6)))[4:])
    keeping.loop.turn()
    assert keeping.workers(old) == ["old"]
    keeping.close()


def test_the_zone_of_several_becomes_that_of_one(several: Keeping, setup: Setup) -> None:
    end = several.worker("w1")
    end.sendall(pack(Call(1, Summary()))[:7])
    several.loop.turn()
    near = several.ends[0]
    (predecessor,) = several.keeper.move(setup, False, ("w1", near), {"w1": near})
    assert (predecessor.worker, predecessor.has_zone, predecessor.unread) == ("w1", False, pack(Call(1, Summary()))[:7])
    several.keeper.moved()
    assert isinstance(several.keeper.place("w2", (predecessor,), near), OwnZone)


def test_the_first_configuration_is_kept_while_the_journal_begins_under_it(several: Keeping, setup: Setup) -> None:
    several.worker("w1")
    near = several.ends[0]
    several.keeper.move(replace(setup, epoch=1), False, ("w1", near), {"w1": near})
    several.keeper.settled(1)
    assert several.keeper.move(replace(setup, epoch=2), True, None, {}) == ()
    assert not [line for line in several.said if line[0] == "alert"]
