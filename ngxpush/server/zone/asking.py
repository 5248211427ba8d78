"""Asking the zone from a coroutine of asyncio. Handlers of requests wait in another way (http/operations.py)."""

from __future__ import annotations

import asyncio
from typing import TypeVar

from ...push.operations import ZoneOperation
from ...push.worker import PushWorker

R = TypeVar("R")


async def ask(worker: PushWorker, operation: ZoneOperation[R]) -> R:
    """Have the worker's zone do an operation. Raises ZoneLost and ZoneFailed."""
    if not worker.zone.waits:
        return await worker.zone.do(operation)
    answer: asyncio.Future[R] = asyncio.get_running_loop().create_future()

    async def do() -> None:
        try:
            result = await worker.zone.do(operation)
        except Exception as error:
            if not answer.done():
                answer.set_exception(error)
        else:
            if not answer.done():
                answer.set_result(result)

    worker.run(do())
    return await answer
