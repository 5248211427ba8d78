"""limit_rate and limit_rate_after: how fast an answer is sent. Measured with nginx 1.22.1."""

from __future__ import annotations


class Rate:
    """How much of one answer may be sent at which time.

    bytes_per_second: the rate after the first `free` bytes.  started: when the request began, seconds since the epoch.
    """

    __slots__ = ("_bytes_per_second", "_free", "_sent", "_started")

    def __init__(self, bytes_per_second: int, free: int, started: float) -> None:
        self._bytes_per_second = bytes_per_second
        self._free = free
        self._started = int(started)
        self._sent = 0

    def take(self, available: int, now: float) -> tuple[int, float]:
        """(how many of the available bytes may be sent now, seconds until the next bytes may be sent).

        The allowance grows with each whole second of the clock; that of the first second is there at the start.
        """
        rate = self._bytes_per_second
        allowed = rate * (int(now) - self._started + 1) - (self._sent - self._free)
        if allowed <= 0:
            return 0, (-allowed * 1000 // rate + 1) / 1000
        count = min(available, allowed)
        before = max(0, self._sent - self._free)
        self._sent += count
        return count, max(0, self._sent - self._free - before) * 1000 // rate / 1000
