"""The zone's side of the socket between a zone and a worker of another process (see dialogue.py).

Calls are done in the order in which they come, so an answer and the messages that follow it reach the worker in the zone's order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...push.local_zone import LocalZone
from ...push.messages import Message
from ...push.operations import ZoneLost, ZoneOperation
from .dialogue import UNANSWERED, BrokenStream, Call, CallFailed, CallLost, Deleted, Done, HandedOver, Heard, Unpacker, pack

CallZone = Callable[[ZoneOperation[Any], Callable[[Any], None]], None]
"""Does an operation of the zone: `call(operation, done)` calls `done`, at once or later, with its result or the exception."""

Write = Callable[[bytes], None]


def calls_to(local: LocalZone) -> CallZone:
    """Calls to a zone of this process."""

    def call(operation: ZoneOperation[Any], done: Callable[[Any], None]) -> None:
        try:
            result = local.do_at_once(operation)
        except Exception as error:
            result = error
        done(result)

    return call


class ZoneServer:
    """Serves the zone that `call` reaches. `call` is replaced when the zone moves on to another process."""

    def __init__(self, call: CallZone) -> None:
        self.call = call
        self._last: tuple[type[Heard | Deleted], Message, bytes] | None = None

    def packed(self, kind: type[Heard | Deleted], message: Message) -> bytes:
        """The bytes that carry a message, made once for all workers."""
        last = self._last
        if last is None or last[1] is not message or last[0] is not kind:
            self._last = last = (kind, message, pack(kind(message)))
        return last[2]


class ZoneClient:
    """A worker at the other end of a socket; to the zone it is a Recipient like any other."""

    __slots__ = ("_server", "_unpacker", "_write")

    def __init__(self, server: ZoneServer, write: Write) -> None:
        self._server = server
        self._write = write
        self._unpacker = Unpacker()

    def received(self, data: bytes) -> None:
        """Take bytes from the worker. Raises BrokenStream."""
        for frame in self._unpacker.feed(data):
            if isinstance(frame, Call):
                self._server.call(frame.operation, self._answer(frame.number))
            elif not isinstance(frame, HandedOver):  # it may come late, when no one waits for that worker any more
                raise BrokenStream(f"{type(frame).__name__} came from a worker")

    @property
    def unread(self) -> bytes:
        """The beginning of a call that is not whole yet."""
        return self._unpacker.unread

    def message(self, message: Message) -> None:
        self._write(self._server.packed(Heard, message))

    def deleted(self, message: Message) -> None:
        self._write(self._server.packed(Deleted, message))

    def _answer(self, number: int) -> Callable[[Any], None]:
        def answer(result: Any) -> None:
            if isinstance(result, ZoneLost):
                self._write(pack(CallLost(number)))
            elif isinstance(result, Exception):
                self._write(pack(CallFailed(number, f"{type(result).__name__}: {result}")))
            else:
                self._write(pack(Done(number, result)))

        return answer if number != UNANSWERED else _ignore


def _ignore(result: Any) -> None:
    """The result of a call that no one waits for."""
