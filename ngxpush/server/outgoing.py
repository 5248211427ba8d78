"""What goes out to a client: as fast as it takes it, within send_timeout, and no faster than limit_rate allows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from ..http.limit_rate import Rate
from .driver import Resume
from .paced import PacedWriter

# Bytes waiting in this process above which a client counts as one that does not read, and above which it is dropped at once.
_UNSENT_MARK = 16 * 1024
_MOST_UNSENT = 64 * 1024 * 1024


class Client(Protocol):
    """The connection, as far as what goes out on it needs to know it."""

    transport: asyncio.Transport

    @property
    def send_timeout(self) -> float:
        """How many seconds the client may take nothing."""

    def now(self) -> float:
        """Seconds since the epoch."""

    def paced_out(self) -> None:
        """All that there is of a paced answer has been sent."""

    def not_taken(self) -> None:
        """The client has taken nothing for send_timeout."""


class Outgoing:
    """The bytes on their way to one client.

    write: sends, now or when limit_rate allows it (an attribute, not a method, so that nothing stands before the transport).
    """

    __slots__ = ("_client", "_drained", "_loop", "_paced", "_timer", "_unsent_before", "write")

    def __init__(self, client: Client, loop: asyncio.AbstractEventLoop) -> None:
        self._client = client
        self._loop = loop
        self._drained: Resume | None = None
        self._paced: PacedWriter | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._unsent_before = 0
        self.write: Callable[[bytes], None] = client.transport.write
        client.transport.set_write_buffer_limits(high=_UNSENT_MARK)

    @property
    def unsent(self) -> int:
        """Bytes that wait in this process for the client to read on."""
        return self._client.transport.get_write_buffer_size()

    @property
    def is_held(self) -> bool:
        """Whether limit_rate holds something back."""
        return bool(self._paced)

    @property
    def is_awaited(self) -> bool:
        """Whether somebody waits for the client to take what was written."""
        return self._drained is not None

    def pace(self, rate: Rate) -> None:
        """From now on no faster than that."""
        self._paced = PacedWriter(self._loop, rate, self._client.transport.write, self._client.now, self._paced_out)
        self.write = self._paced.write

    def end_pace(self) -> int:
        """As fast as possible again; how many bytes were held back, which are dropped."""
        paced, self._paced = self._paced, None
        self.write = self._client.transport.write
        if paced is None:
            return 0
        held = len(paced)
        paced.cancel()
        return held

    def wait(self, resume: Resume) -> bool:
        """Call `resume` when the client has taken what was written; false when it has."""
        if self._timer is None and not self._paced:
            return False
        self._drained = resume
        return True

    def forget_waiting(self) -> None:
        """Nobody waits any more."""
        self._drained = None

    def pause(self) -> None:
        """The client reads too slowly: from now on send_timeout counts."""
        self._unsent_before = self.unsent
        if self._unsent_before > _MOST_UNSENT:
            self._client.transport.abort()
        elif self._timer is None:
            self._timer = self._loop.call_later(self._client.send_timeout, self._not_taken)

    def resume(self) -> None:
        """The client has read on."""
        self.stop_timer()
        self._tell()

    def stop_timer(self) -> None:
        """send_timeout does not count any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _not_taken(self) -> None:
        """send_timeout is over; the client gets another one if it has taken something meanwhile."""
        self._timer = None
        if self.unsent < self._unsent_before:
            self.pause()
        else:
            self._client.not_taken()

    def _paced_out(self) -> None:
        self._tell()
        self._client.paced_out()

    def _tell(self) -> None:
        drained, self._drained = self._drained, None
        if drained is not None:
            drained(None)
