"""The zone's side of the socket between a zone and a worker of another process.

A call is `(number, operation, arguments)` and gets the answer `(number, result)`; calls are done in the order they come, so
an answer and the messages that follow it reach the worker in the zone's order.  A call with number 0 gets no answer.  What a
worker is told without asking has number 0: `(0, "message", message)`, `(0, "deleted", message)`, `(0, "take_over")`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..push.local_zone import LocalZone
from ..push.shared import Message
from ..push.zone import OPERATIONS
from .pickle_stream import Unpacker, pack

Call = Callable[[str, tuple[Any, ...], Callable[[Any], None]], None]
"""Does an operation of the zone: `call(operation, arguments, done)` calls `done` with its result, at once or later."""

Write = Callable[[bytes], None]

TAKE_OVER = pack((0, "take_over"))
HANDED_OVER = "handed_over"


def calls_to(local: LocalZone) -> Call:
    """Calls to a zone of this process. An operation that fails is answered with its exception: its caller is to know."""

    def call(operation: str, arguments: tuple[Any, ...], done: Callable[[Any], None]) -> None:
        try:
            if operation in OPERATIONS:
                result = local.apply(operation, arguments)
            else:
                result = getattr(local.zone, operation)(*arguments, local.now())
        except Exception as error:
            result = error
        done(result)

    return call


class ZoneServer:
    """Serves the zone that `call` reaches. `call` is replaced when the zone moves on to another process."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self._last: tuple[str, Message, bytes] | None = None

    def packed(self, event: str, message: Message) -> bytes:
        """The bytes that tell of a message, made once for all workers."""
        last = self._last
        if last is None or last[1] is not message or last[0] != event:
            self._last = last = (event, message, pack((0, event, message)))
        return last[2]


class ZoneClient:
    """A worker at the other end of a socket; to the zone it is a Listener like any other."""

    __slots__ = ("_server", "_unpacker", "_write", "pid")

    def __init__(self, server: ZoneServer, pid: int, write: Write) -> None:
        self.pid = pid
        self._server = server
        self._write = write
        self._unpacker = Unpacker()

    def received(self, data: bytes) -> None:
        """Bytes came from the worker."""
        for number, operation, arguments in self._unpacker.feed(data):
            self._server.call(operation, arguments, self._answer(number) if number else _ignore)

    @property
    def unread(self) -> bytes:
        """What came of a call that is not whole yet."""
        return self._unpacker.unread

    def message(self, message: Message) -> None:
        self._write(self._server.packed("message", message))

    def deleted(self, message: Message) -> None:
        self._write(self._server.packed("deleted", message))

    def _answer(self, number: int) -> Callable[[Any], None]:
        return lambda result: self._write(pack((number, result)))


def _ignore(result: Any) -> None:
    """The answer to a call without number."""
