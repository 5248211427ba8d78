"""limit_rate and limit_rate_after: how fast an answer is sent. Measured with nginx 1.22.1."""

from __future__ import annotations


class Rate:
    """How much of one answer may be sent at which time.

    bytes_per_second: the rate after the first `free` bytes.  started: when the request began, seconds since the epoch.
    head: the length of the head of a push subscriber's answer; None for any other answer. Such an answer stalls. After its head
    nginx has no one who would send the rest: what is left of it goes with the module's first piece. What is left of a piece goes
    on as always. But when all is sent and the client must wait, nothing wakes it up any more, and whatever comes later is never
    sent (recordings found_push/found-push-limit-rate).
    """

    __slots__ = ("_bytes_per_second", "_free", "_head", "_sent", "_stalled", "_started")

    def __init__(self, bytes_per_second: int, free: int, started: float, head: int | None = None) -> None:
        self._bytes_per_second = bytes_per_second
        self._free = free
        self._started = int(started)
        self._sent = 0
        self._head = head
        self._stalled = False

    def count(self, size: int) -> None:
        """Count bytes that are sent in any case."""
        self._sent += size

    def take(self, available: int, now: float) -> tuple[int, float]:
        """(how many of the available bytes may be sent now, seconds until the next bytes may be sent).

        The allowance grows with each whole second of the clock; that of the first second is there at the start.
        """
        head_only = self._head is not None and self._sent + available <= self._head
        if self._stalled or (head_only and self._sent):
            return 0, 0
        count, seconds = self._take(available, now)
        self._stalled = self._head is not None and not head_only and count == available and seconds > 0
        return count, seconds

    def _take(self, available: int, now: float) -> tuple[int, float]:
        rate = self._bytes_per_second
        allowed = rate * (int(now) - self._started + 1) - (self._sent - self._free)
        if allowed <= 0:
            return 0, (-allowed * 1000 // rate + 1) / 1000
        count = min(available, allowed)
        before = max(0, self._sent - self._free)
        self._sent += count
        return count, max(0, self._sent - self._free - before) * 1000 // rate / 1000
