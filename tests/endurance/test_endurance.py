"""Nothing lost, nothing doubled, nothing left: 800 clients and 20 publishers, while the server reloads and loses workers."""

from __future__ import annotations

from pathlib import Path

import pytest

from . import run
from .left import difference, look, memory, memory_of_a_new_worker
from .server import serving
from .sizes import CALM_MESSAGES, RELOADS, ROUNDS, WORKERS

_SEED = 1
_ROOM = 24 << 20
"""How much more memory a process of Python may hold after a load than before it, in bytes: freed memory does not all go back."""

_MESSAGE = 2500
"""A message with its texts for all templates, in bytes. The last worker has read all of them from the journal: those that were
deleted wait for the zone's timer, which begins anew with each worker. The faster the machine, the more there are."""


@pytest.mark.parametrize("workers", WORKERS)
def test_nothing_is_lost_doubled_or_left(tmp_path: Path, workers: int, capsys: pytest.CaptureFixture[str]) -> None:
    """First a calm run, in which not even those miss a message that don't resume; then the rough one."""
    with serving(tmp_path, workers) as server:
        calm = run.calm(server, CALM_MESSAGES, _SEED)
        assert calm.all_faults == [], calm.table()
        before, memory_before = look(server), memory(server)
        rough = run.rough(server, ROUNDS, _SEED)
        with capsys.disabled():
            print(f"\n{workers} workers\n{rough.table()}")
        assert rough.all_faults == []
        assert difference(server, before) == {}
        memory_after = memory(server)
        assert memory_after["master"] < memory_before["master"] + _ROOM
        room = _ROOM * workers + _MESSAGE * rough.published.acknowledged
        assert memory_after["workers"] < memory_before["workers"] + room


def test_a_hundred_reloads_take_no_memory(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One worker, with clients that follow to each new one; after the first few reloads nothing grows any more."""
    with serving(tmp_path, 1) as server:
        first = run.reloads(server, 3, _SEED)
        before, memory_before = look(server), memory_of_a_new_worker(server)
        second = run.reloads(server, RELOADS, _SEED)
        left, memory_after = difference(server, before), memory_of_a_new_worker(server)
        with capsys.disabled():
            print(f"\n{RELOADS} reloads: {memory_before} before, {memory_after} after")
        assert first.all_faults + second.all_faults == []
        assert left == {}
        assert sum(memory_after.values()) < sum(memory_before.values()) + _ROOM
