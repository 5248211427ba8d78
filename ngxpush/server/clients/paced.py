"""An answer with limit_rate: bytes that may not be sent yet wait here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from ...http.connection.surroundings import MOST_WAITING
from ...http.limit_rate import Rate


class PacedWriter:
    """Sends what it is given at a rate; its length is the number of bytes that wait.

    send: sends bytes.  now: returns seconds since the epoch.  emptied: called when nothing waits any more.
    overflown: called instead of keeping more bytes, when MOST_WAITING wait already.
    """

    __slots__ = ("_emptied", "_loop", "_now", "_overflown", "_rate", "_send", "_timer", "_waiting")

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        rate: Rate,
        send: Callable[[bytes], None],
        now: Callable[[], float],
        emptied: Callable[[], None],
        overflown: Callable[[], None],
    ) -> None:
        self._loop = loop
        self._rate = rate
        self._send = send
        self._now = now
        self._emptied = emptied
        self._overflown = overflown
        self._waiting = bytearray()
        self._timer: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        """How many bytes wait."""
        return len(self._waiting)

    def write(self, data: bytes) -> None:
        """Send as much as may be sent now; the rest waits."""
        if len(self._waiting) > MOST_WAITING:
            self._overflown()
            return
        self._waiting += data
        if self._timer is None:
            self._send_on()

    def cancel(self) -> None:
        """Drop what waits."""
        self._waiting.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _send_on(self) -> None:
        count, seconds = self._rate.take(len(self._waiting), self._now())
        if count:
            self._send(bytes(self._waiting[:count]))
            del self._waiting[:count]
        if seconds:
            self._timer = self._loop.call_later(seconds, self._next)

    def _next(self) -> None:
        self._timer = None
        if self._waiting:
            self._send_on()
            if not self._waiting:
                self._emptied()
