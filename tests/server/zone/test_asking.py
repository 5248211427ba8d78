"""Asking the zone from a coroutine of asyncio."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from ngxpush.http.driver import Run
from ngxpush.http.operations import WAITING, Operation, Performer, Resume
from ngxpush.push.operations import Recipient, Summary, Totals, ZoneAway, ZoneOperation
from ngxpush.server.zone.asking import ask
from tests.push.fakes import worker

_TOTALS = Totals(1, 0, 0, 0, 0, 0, 0, 0, 0)


class _Answer(Operation[Any]):
    def __init__(self, waiting: list[Resume]) -> None:
        self._waiting = waiting

    def perform(self, performer: Performer, resume: Resume) -> Any:
        self._waiting.append(resume)
        return WAITING


class _ElsewhereZone:
    """A zone that answers when a test says so: it calls what waits with the result."""

    waits = True

    def __init__(self) -> None:
        self.waiting: list[Resume] = []

    def listen(self, worker: str, recipient: Recipient) -> None: ...

    async def do(self, operation: ZoneOperation[Any]) -> Any:
        return await _Answer(self.waiting)

    def post(self, operation: ZoneOperation[Any]) -> None: ...


def _start(coroutine: Coroutine[Any, Any, None]) -> None:
    performer: Any = None
    Run(coroutine, performer, lambda: None).start()


async def _asked(zone: _ElsewhereZone, answer: Callable[[Resume], None]) -> Totals:
    here = worker()
    here.zone, here.run = zone, _start
    asking = asyncio.create_task(ask(here, Summary()))
    while not zone.waiting:
        await asyncio.sleep(0)
    answer(zone.waiting.pop())
    return await asking


def test_a_zone_that_does_not_wait() -> None:
    assert asyncio.run(ask(worker(), Summary())).by_worker[0].name == "here"


def test_a_zone_that_waits() -> None:
    assert asyncio.run(_asked(_ElsewhereZone(), lambda resume: resume(_TOTALS))) == _TOTALS


def test_a_zone_that_is_away() -> None:
    with pytest.raises(ZoneAway, match="why"):
        asyncio.run(_asked(_ElsewhereZone(), lambda resume: resume(ZoneAway("why"))))


def test_who_asks_may_leave() -> None:
    async def left() -> None:
        here, zone = worker(), _ElsewhereZone()
        here.zone, here.run = zone, _start
        asking = asyncio.create_task(ask(here, Summary()))
        while not zone.waiting:
            await asyncio.sleep(0)
        asking.cancel()
        await asyncio.wait([asking])
        zone.waiting.pop()(_TOTALS)

    asyncio.run(left())
