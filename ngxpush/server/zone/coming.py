"""A zone that is not here yet: it is being rebuilt from the journal, and what is asked of it waits."""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from collections.abc import Callable
from typing import Any, TypeVar

from ...http.operations import WAITING, Operation, Performer, Resume
from ...push.operations import Recipient, ZoneOperation
from .serving import CallZone

R = TypeVar("R")

# Operations that waited and are done in the first turn of the loop; each later turn does so many more.
_AT_ONCE = 20


class _Coming(Operation[R]):
    """Waits for the zone, and then for the result of the operation."""

    __slots__ = ("_operation", "_wait")

    def __init__(self, wait: Callable[[ZoneOperation[Any], Resume], None], operation: ZoneOperation[R]) -> None:
        self._wait = wait
        self._operation = operation

    def perform(self, performer: Performer, resume: Resume) -> Any:
        """Queue the operation."""
        self._wait(self._operation, resume)
        return WAITING


class ComingZone:
    """A SharedZone (push/operations.py) whose operations wait until `arrive`."""

    waits = True

    def __init__(self) -> None:
        self._waiting: deque[tuple[ZoneOperation[Any], Resume]] = deque()

    def listen(self, worker: str, recipient: Recipient) -> None:
        """See SharedZone.listen. There are no messages yet: the worker listens to the zone itself before it arrives."""

    async def do(self, operation: ZoneOperation[R]) -> R:
        """See SharedZone.do."""
        return await _Coming(self._wait, operation)

    def post(self, operation: ZoneOperation[Any]) -> None:
        """See SharedZone.post."""
        self._wait(operation, lambda result: None)

    async def arrive(self, call: CallZone) -> None:
        """Have `call` do what waits, in its order. What is asked meanwhile waits, too; when this returns nothing does.

        A client that got its answer asks again in the next turn, so turns of one size would never come to an end.
        """
        for turn in itertools.count(1):
            for _ in range(turn * _AT_ONCE):
                if not self._waiting:
                    return
                call(*self._waiting.popleft())
            await asyncio.sleep(0)

    def _wait(self, operation: ZoneOperation[Any], resume: Resume) -> None:
        self._waiting.append((operation, resume))
