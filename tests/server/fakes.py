"""A loop that is only a clock, and a transport that is only a list."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from functools import partial
from typing import Any


class FakeHandle:
    """A timer of FakeLoop."""

    def __init__(self, when: float, callback: Callable[[], None]) -> None:
        self._when = when
        self.callback: Callable[[], None] | None = callback

    def when(self) -> float:
        return self._when

    def cancel(self) -> None:
        self.callback = None


class FakeLoop:
    """Time stands still until `advance`."""

    def __init__(self) -> None:
        self.now = 1000.0
        self._timers: list[tuple[float, int, FakeHandle]] = []
        self._numbers = itertools.count()

    def time(self) -> float:
        return self.now

    def call_at(self, when: float, callback: Callable[[], None]) -> FakeHandle:
        handle = FakeHandle(when, callback)
        heapq.heappush(self._timers, (when, next(self._numbers), handle))
        return handle

    def call_later(self, seconds: float, callback: Callable[[], None]) -> FakeHandle:
        return self.call_at(self.now + seconds, callback)

    def call_soon(self, callback: Callable[..., None], *arguments: Any) -> FakeHandle:
        return self.call_at(self.now, partial(callback, *arguments))

    def advance(self, seconds: float) -> None:
        """Let time pass, and call what is due on the way."""
        end = self.now + seconds
        while self._timers and self._timers[0][0] <= end:
            when, _, handle = heapq.heappop(self._timers)
            self.now = max(self.now, when)
            if handle.callback is not None:
                handle.callback()
        self.now = end

    @property
    def pending(self) -> int:
        """How many timers are set."""
        return sum(handle.callback is not None for _, _, handle in self._timers)


class FakeTransport:
    """Notes what a protocol does to its connection.

    unsent: bytes that wait until the other side reads. slow: what is written waits there, too.
    """

    def __init__(self) -> None:
        self.written = b""
        self.slow = False
        self.closed = self.aborted = self.eof_written = False
        self.reading = True
        self.protocol: Any = None
        self.unsent = 0
        self._high = 0
        self._paused = False

    def get_extra_info(self, name: str) -> Any:
        return ("127.0.0.1", 40000) if name == "peername" else ("127.0.0.1", 8080)

    def set_write_buffer_limits(self, high: int, low: int = 0) -> None:
        self._high = high
        self._pause_if_full()

    def get_write_buffer_size(self) -> int:
        return self.unsent

    def write(self, data: bytes) -> None:
        self.written += data
        if self.slow:
            self.unsent += len(data)
            self._pause_if_full()

    def _pause_if_full(self) -> None:
        if self.unsent > self._high and not self._paused:
            self._paused = True
            self.protocol.pause_writing()

    def read_on(self, count: int) -> None:
        """The other side reads so many bytes."""
        self.unsent = max(0, self.unsent - count)
        if not self.unsent and self._paused:
            self._paused = False
            self.protocol.resume_writing()

    def can_write_eof(self) -> bool:
        return True

    def write_eof(self) -> None:
        self.eof_written = True

    def is_reading(self) -> bool:
        return self.reading

    def is_closing(self) -> bool:
        return self.closed

    def set_protocol(self, protocol: Any) -> None:
        self.protocol = protocol

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True

    def close(self) -> None:
        self.closed = True

    def abort(self) -> None:
        self.closed = self.aborted = True
