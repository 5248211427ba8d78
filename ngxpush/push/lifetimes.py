"""Lifetimes: how messages and channels leave the zone.

They do not leave at once: nginx's workers may still be sending them. They wait in the trash, and their memory stays taken. A
deleted channel waits in a queue before that, until the zone's timer comes (reference section 6, recordings push-lifetime).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence

from msgspec import Struct

from .memory import Memory, empty_tally, tally

# Seconds between two turns of the zone's timer: see operations.Collect.
COLLECT_INTERVAL = 4.0
# Seconds between two turns of the timer that the first publish starts: see operations.CollectMessages.
COLLECT_MESSAGES_INTERVAL = 5.0
# Seconds in the trash.
_TRASH_TIME = 10


class ThrownAway(Struct, array_like=True):
    """What was thrown away within one second. It is counted, not kept.

    until: the second after which it is gone.  sizes: the tally of its objects (memory.py).
    """

    until: int
    messages: int
    channels: int
    sizes: list[int]


class Trash:
    """Messages and channels that are counted, and take memory, for ten more seconds."""

    __slots__ = ("_seconds", "channels", "messages")

    def __init__(self) -> None:
        self.messages = 0
        self.channels = 0
        self._seconds: deque[ThrownAway] = deque()

    def add_message(self, sizes: Sequence[int], now: int) -> None:
        """Throw away a message that is made of objects of these sizes."""
        second = self._second(now)
        second.messages += 1
        self.messages += 1
        tally(second.sizes, sizes)

    def add_channel(self, sizes: Sequence[int], now: int) -> None:
        """Throw away a channel that is made of objects of these sizes, without its messages."""
        second = self._second(now)
        second.channels += 1
        self.channels += 1
        tally(second.sizes, sizes)

    def empty(self, memory: Memory, now: int) -> None:
        """Drop what has been in the trash for ten seconds, and give its memory back."""
        while self._seconds and self._seconds[0].until <= now:
            second = self._seconds.popleft()
            self.messages -= second.messages
            self.channels -= second.channels
            memory.give_tally(second.sizes)

    def snapshot(self) -> tuple[ThrownAway, ...]:
        """Everything in the trash."""
        return tuple([_copy(second) for second in self._seconds])

    def restore(self, snapshot: Iterable[ThrownAway]) -> None:
        """Become the trash of that `snapshot`."""
        self._seconds = deque(map(_copy, snapshot))
        self.messages = sum(second.messages for second in self._seconds)
        self.channels = sum(second.channels for second in self._seconds)

    def _second(self, now: int) -> ThrownAway:
        until = now + _TRASH_TIME
        if not self._seconds or self._seconds[-1].until != until:
            self._seconds.append(ThrownAway(until, 0, 0, empty_tally()))
        return self._seconds[-1]


def _copy(second: ThrownAway) -> ThrownAway:
    return ThrownAway(second.until, second.messages, second.channels, list(second.sizes))
