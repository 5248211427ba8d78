"""The worker's side of the socket between a worker and a zone of another process (see dialogue.py)."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar, cast

from ...http.operations import WAITING, Operation, Performer, Resume
from ...push.operations import Change, ChannelsInfo, Query, Recipient, ZoneLost, ZoneOperation
from .dialogue import (
    UNANSWERED,
    BrokenStream,
    Call,
    CallFailed,
    CallLost,
    Deleted,
    Done,
    HandedOver,
    Heard,
    Moved,
    TakeOver,
    Unpacker,
    pack,
)

R = TypeVar("R")


class ZoneAnswer(Operation[R]):
    """Waits for the result of a call. The coroutine goes on before the frames after the result are looked at."""

    __slots__ = ("_operation", "_zone")

    def __init__(self, zone: RemoteZone, operation: ZoneOperation[R]) -> None:
        self._zone = zone
        self._operation = operation

    def perform(self, performer: Performer, resume: Resume) -> Any:
        """Send the call."""
        self._zone.call(self._operation, resume)
        return WAITING


class ZoneFailed(RuntimeError):
    """The zone could not do an operation. It is an error of this program."""


class RemoteZone:
    """A SharedZone (push/operations.py) that is reached by `write`.

    moved: called when the zone moves on to a process that does not know this worker's subscribers.
    take_over: called when the other side asks for the zone itself.  Both happen at a reload.

    When the zone is asked for again, the process on the other side has died and another one is there.  Calls that only the dead
    one had read get no answer.  Answers come in the order of the calls, so one more call shows which these are.
    """

    waits = True

    def __init__(
        self, write: Callable[[bytes], None], moved: Callable[[], None], take_over: Callable[[], None] | None = None
    ) -> None:
        self._recipient: Recipient | None = None
        self._write = write
        self._moved = moved
        self._take_over = take_over
        self._unpacker = Unpacker()
        self._numbers = itertools.count(UNANSWERED + 1)
        self._waiting: dict[int, Callable[[Any], None]] = {}
        self._lost = False

    def listen(self, worker: str, recipient: Recipient) -> None:
        """See SharedZone.listen. The worker is this one."""
        self._recipient = recipient

    async def do(self, operation: ZoneOperation[R]) -> R:
        """See SharedZone.do. Raises ZoneLost and ZoneFailed."""
        return await ZoneAnswer(self, operation)

    def post(self, operation: ZoneOperation[Any]) -> None:
        """See SharedZone.post."""
        if not self._lost:
            self._send(UNANSWERED, operation)

    def call(self, operation: ZoneOperation[Any], done: Callable[[Any], None]) -> None:
        """Ask for an operation; `done` gets its result, or the exception to raise (serving.CallZone)."""
        if self._lost:
            return done(_zone_lost())
        number = next(self._numbers)
        self._waiting[number] = done
        self._send(number, operation)
        return None

    def hand_over(self) -> None:
        """Report that the zone is let go: the other side has it from now on."""
        self._write(pack(HandedOver()))

    def received(self, data: bytes) -> None:
        """Take bytes from the zone's side. Raises BrokenStream."""
        for frame in self._unpacker.feed(data):
            match frame:
                case Heard(message):
                    if self._recipient is not None:
                        self._recipient.message(message)
                case Done(number, result):
                    self._answered(number)(result)
                case Deleted(message):
                    if self._recipient is not None:
                        self._recipient.deleted(message)
                case CallFailed(number, reason):
                    self._answered(number)(ZoneFailed(reason))
                case Moved():
                    self._moved()
                case CallLost(number):
                    self._answered(number)(_zone_lost())
                case TakeOver() if self._take_over is not None:
                    self._take_over()
                    if self._waiting:
                        self.call(ChannelsInfo(()), partial(self._lose, max(self._waiting)))
                case _:
                    raise BrokenStream(f"{type(frame).__name__} came from the zone")

    def lost(self) -> None:
        """The zone's process is gone: every call that waits for an answer gets a ZoneLost."""
        self._lost = True
        if self._waiting:
            self._lose(max(self._waiting))

    def _send(self, number: int, operation: ZoneOperation[Any]) -> None:
        self._write(pack(Call(number, cast(Change | Query, operation))))

    def _lose(self, last: int, result: Any = None) -> None:
        """Calls up to that number get no answer any more. result: of the call that shows it."""
        for number in [number for number in self._waiting if number <= last]:
            self._waiting.pop(number)(_zone_lost())

    def _answered(self, number: int) -> Callable[[Any], None]:
        try:
            return self._waiting.pop(number)
        except KeyError:
            raise BrokenStream(f"an answer came to call {number}, which was not made") from None


def _zone_lost() -> ZoneLost:
    return ZoneLost("the process that holds the channels is gone")
