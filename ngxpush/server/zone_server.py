"""The zone's side of the socket between a zone and a worker of another process.

A call is `(number, operation, arguments)` and gets the answer `(number, result)`; calls are done in the order they come, so an answer
and the messages that follow it reach the worker in the zone's order.  What a worker is told without asking has number 0:
`(0, "message", message)` and `(0, "deleted", message)`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..push.zone import Message
from .pickle_stream import Unpacker, pack

Call = Callable[[str, tuple[Any, ...], Callable[[Any], None]], None]
"""Does an operation of the zone: `call(operation, arguments, done)` calls `done(result)`, at once or later."""

Write = Callable[[bytes], None]


class ZoneClient:
    """A worker at the other end of a socket; to the zone it is a Listener like any other."""

    __slots__ = ("pid", "_server", "_write", "_unpacker")

    def __init__(self, server: ZoneServer, pid: int, write: Write) -> None:
        self.pid = pid
        self._server = server
        self._write = write
        self._unpacker = Unpacker()

    def received(self, data: bytes) -> None:
        """Bytes came from the worker."""
        for number, operation, arguments in self._unpacker.feed(data):
            self._server.call(operation, arguments, lambda result, number=number: self._write(pack((number, result))))

    def message(self, message: Message) -> None:
        self._write(self._server.packed("message", message))

    def deleted(self, message: Message) -> None:
        self._write(self._server.packed("deleted", message))


class ZoneServer:
    """Serves the zone that `call` reaches. `call` may be replaced when the zone moves on to another process."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self._last: tuple[str, Message, bytes] | None = None

    def packed(self, event: str, message: Message) -> bytes:
        """The bytes that tell of a message, made once for all workers."""
        last = self._last
        if last is None or last[1] is not message or last[0] != event:
            self._last = last = (event, message, pack((0, event, message)))
        return last[2]
