"""ngxpush.server.processes.event_loop."""

from __future__ import annotations

import asyncio

import pytest

from ngxpush.server.processes.event_loop import RUN_LOOP


def test_it_is_that_of_uvloop_where_there_is_one() -> None:
    uvloop = pytest.importorskip("uvloop")
    loops: list[asyncio.AbstractEventLoop] = []

    async def note() -> None:
        loops.append(asyncio.get_running_loop())

    RUN_LOOP(note())
    assert isinstance(loops[0], uvloop.Loop)
