"""What a measurement counts: messages that can be told apart, how long each delivery took, what was lost and what came twice."""

from __future__ import annotations

import re
from array import array

from msgspec import Struct

_PERCENTILES = (50, 90, 99, 100)
_FILLER = b"."


class Marks:
    """The texts of a measurement. They survive any template: they are letters, digits, hyphens and a full stop."""

    __slots__ = ("_name", "_pattern")

    def __init__(self, name: bytes) -> None:
        """name: letters and digits that no other measurement has."""
        self._name = name
        self._pattern = re.compile(re.escape(name) + rb"-(\d{1,9})-(\d{1,20})\.")

    def text(self, number: int, sent: int, size: int) -> bytes:
        """Message `number`, sent at `sent` (nanoseconds), of that many bytes at least."""
        return (b"%b-%d-%d." % (self._name, number, sent)).ljust(size, _FILLER)

    def found(self, data: bytes) -> list[tuple[int, int]]:
        """The numbers and times of the messages in what a subscriber gets; there may be several, or none."""
        return [(int(number), int(sent)) for number, sent in self._pattern.findall(data)]


class Deliveries:
    """The deliveries of a measurement. received: how many came, each once.

    A message that the server has refused does not count, though it may come: it must not stand for one that is lost.
    """

    __slots__ = ("_counts", "_latencies", "_messages", "_refused", "duplicates", "received")

    def __init__(self, subscribers: int, messages: int) -> None:
        self._messages = messages
        self._counts = [bytearray(messages) for _ in range(subscribers)]
        self._refused: set[int] = set()
        self._latencies = array("d")
        self.received = 0
        self.duplicates = 0

    @property
    def refused(self) -> int:
        """How many messages the server has refused."""
        return len(self._refused)

    @property
    def lost(self) -> int:
        """How many have not come."""
        return len(self._counts) * (self._messages - self.refused) - self.received

    def refuse(self, number: int) -> None:
        """The server has refused a message."""
        self._refused.add(number)
        self.received -= sum(counts[number] for counts in self._counts)

    def add(self, subscriber: int, number: int, seconds: float) -> bool:
        """A message came. Returns whether it counts and came for the first time."""
        counts = self._counts[subscriber]
        if number >= self._messages or number in self._refused:
            return False
        if counts[number]:
            self.duplicates += 1
            return False
        counts[number] = 1
        self.received += 1
        self._latencies.append(seconds)
        return True

    def percentiles(self) -> dict[int, float]:
        """Of so many per cent of the deliveries, the longest one in seconds; {} where there was none."""
        ordered = sorted(self._latencies)
        return {percent: ordered[-(-len(ordered) * percent // 100) - 1] for percent in _PERCENTILES} if ordered else {}


class Measured(Struct, frozen=True):
    """What was measured. latencies: by per cent, in seconds.  seconds: from the first message to the last delivery.

    published: messages that the server took.  failed: those it did not take.
    """

    mode: str
    subscribers: int
    published: int
    failed: int
    seconds: float
    received: int
    lost: int
    duplicates: int
    latencies: dict[int, float]

    @property
    def per_second(self) -> float:
        """Deliveries per second."""
        return self.received / self.seconds if self.seconds else 0.0
