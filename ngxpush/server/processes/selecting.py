"""The master's loop: signals, the sockets to its workers, and timers.

The master has no asyncio: it forks, which a running event loop does not survive, and it has nothing to do that needs one.
"""

from __future__ import annotations

import heapq
import itertools
import selectors
import socket
import time
from collections.abc import Callable
from typing import Protocol


class Readable(Protocol):
    def fileno(self) -> int: ...


class LoopTimer:
    """A call to come."""

    __slots__ = ("callback",)

    def __init__(self, callback: Callable[[], None]) -> None:
        self.callback: Callable[[], None] | None = callback

    def cancel(self) -> None:
        self.callback = None


class Loop:
    """Waits for descriptors and timers, and calls their callbacks."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._timers: list[tuple[float, int, LoopTimer]] = []
        self._order = itertools.count()

    def call_later(self, seconds: float, callback: Callable[[], None]) -> LoopTimer:
        timer = LoopTimer(callback)
        heapq.heappush(self._timers, (time.monotonic() + seconds, next(self._order), timer))
        return timer

    def watch(self, readable: Readable, callback: Callable[[int], None], events: int = selectors.EVENT_READ) -> None:
        """Call `callback(events)` whenever `readable` is ready; a second call changes the events."""
        try:
            self._selector.modify(readable.fileno(), events, callback)
        except KeyError:
            self._selector.register(readable.fileno(), events, callback)

    def forget(self, readable: Readable) -> None:
        self._selector.unregister(readable.fileno())

    def turn(self) -> None:
        """Wait for the next events, and call the callbacks of all that are due."""
        for key, events in self._selector.select(self._until_next_timer()):
            if key.fd in self._selector.get_map():
                key.data(events)
        while self._timers and self._timers[0][0] <= time.monotonic():
            callback = heapq.heappop(self._timers)[2].callback
            if callback is not None:
                callback()

    def close(self) -> None:
        self._selector.close()

    def _until_next_timer(self) -> float | None:
        while self._timers and self._timers[0][2].callback is None:
            heapq.heappop(self._timers)
        return max(0.0, self._timers[0][0] - time.monotonic()) if self._timers else None


# Bytes. A worker that leaves so much untaken is not read: it can't make the master hold answer after answer.
_MOST_UNSENT = 1 << 20


class MastersEnd:
    """The master's end of a socket to a worker: reads what comes, keeps what the worker does not take at once."""

    def __init__(self, loop: Loop, end: socket.socket, received: Callable[[bytes], None], lost: Callable[[], None]) -> None:
        self._loop = loop
        self._socket = end
        self._received = received
        self._lost = lost
        self._pending = bytearray()
        self._open = True
        self._events = 0
        end.setblocking(False)
        self._watch()

    def write(self, data: bytes) -> None:
        """Send `data`, in order, without waiting. What is written to a worker that is gone is lost."""
        if not self._open:
            return
        if not self._pending:
            sent = self._send(data)
            if sent == len(data):
                return
            data = data[sent:]
        self._pending += data
        self._watch()

    @property
    def unsent(self) -> bytes:
        """What the worker has not taken yet."""
        return bytes(self._pending)

    def close(self) -> None:
        """Close this end; `lost` is not called."""
        if self._open:
            self._open = False
            self._loop.forget(self._socket)
            self._socket.close()

    def release(self) -> None:
        """Leave this end to another process; here the socket only stays open."""
        if self._open:
            self._open = False
            self._loop.forget(self._socket)

    def drop(self) -> None:
        """Close this end in a forked child, whose loop is still the parent's: nothing is unregistered there."""
        self._open = False
        self._socket.close()

    def _ready(self, events: int) -> None:
        if events & selectors.EVENT_WRITE:
            del self._pending[: self._send(self._pending[:_MOST_UNSENT])]
            self._watch()
        if events & selectors.EVENT_READ and self._open:
            self._read()

    def _watch(self) -> None:
        """Wait for what is possible and wanted now."""
        events = selectors.EVENT_WRITE if self._pending else 0
        if len(self._pending) < _MOST_UNSENT:
            events |= selectors.EVENT_READ
        if self._open and events != self._events:
            self._events = events
            self._loop.watch(self._socket, self._ready, events)

    def _send(self, data: bytes | bytearray) -> int:
        try:
            return self._socket.send(data)
        except BlockingIOError:
            return 0
        except OSError:
            return len(data)

    def _read(self) -> None:
        try:
            data = self._socket.recv(1 << 18)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self._received(data)
        else:
            self.close()
            self._lost()
