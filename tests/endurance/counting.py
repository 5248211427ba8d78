"""What subscribers got, held against what their channel has: received, lost, duplicate, out of order.

A line is `id tag time event-id text`. The server gives out the ids: each channel counts its messages, 1, 2, 3 … The text begins
with the publisher's own number of the message. What the server acknowledged must be there under some id, and be the same for all.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import NamedTuple

_KEPT = 5_000


@dataclass(slots=True)
class Count:
    """What a kind of subscribers got. Each field but the first and the last two is a fault of the server.

    lost: never received although the subscriber was connected, or resumed at its last message; different: a message that is not
    the one others got with its id; broken: answers that make no sense, or were refused; missed: published while the subscriber
    was not connected, which one that does not resume can't get.
    """

    received: int = 0
    lost: int = 0
    duplicate: int = 0
    out_of_order: int = 0
    different: int = 0
    broken: int = 0
    missed: int = 0
    connections: int = 0

    @property
    def faults(self) -> dict[str, int]:
        """The fields that are faults, without those that are 0."""
        names = ("lost", "duplicate", "out_of_order", "different", "broken")
        return {name: getattr(self, name) for name in names if getattr(self, name)}


class Record:
    """The messages of one channel, as the first subscriber that got each of them wrote it down.

    acknowledged, doubtful: numbers of messages whose publication was answered, and of those that were sent without an answer.
    copies: how often the channel has the message of each number; more than once is a fault unless it was doubtful. latest: the
    number of the message begun last.
    """

    def __init__(self) -> None:
        self.latest = 0
        self.acknowledged: set[int] = set()
        self.doubtful: set[int] = set()
        self.copies = Counter[int]()
        self._forgotten = 0
        self._lines: list[bytes | None] = []

    @property
    def end(self) -> int:
        """The highest id."""
        return self._forgotten + len(self._lines)

    def has(self, last: int, lines: list[bytes]) -> bool:
        """Whether these are the lines after the id `last`."""
        start = last - self._forgotten
        return self._lines[start : start + len(lines)] == lines

    def agrees(self, id: int, line: bytes) -> bool:
        """Write down the line with this id; False when another one is there."""
        place = id - self._forgotten - 1
        if place < 0:
            return True
        self._lines += [None] * (place + 1 - len(self._lines))
        if self._lines[place] is None:
            self._lines[place] = line
            self.copies[parse(line).number] += 1
        return self._lines[place] == line

    def forget(self, last: int) -> None:
        """All have the messages up to the id `last`: keep some of them, and forget those before."""
        if last - self._forgotten > 2 * _KEPT:
            del self._lines[:_KEPT]
            self._forgotten += _KEPT

    @property
    def faults(self) -> dict[str, int]:
        """Acknowledged messages that no one got, and messages that are there twice without reason."""
        vanished = len(self.acknowledged - self.copies.keys())
        twice = sum(copies > 1 and number not in self.doubtful for number, copies in self.copies.items())
        return {name: value for name, value in (("vanished", vanished), ("twice", twice)) if value}


class Tally:
    """The counting of one subscriber.

    last: the highest id it has; line: the last line it took; open: whether its next message may have any id, because it is the
    first of a connection that did not resume.
    """

    def __init__(self, record: Record, count: Count, resumes: bool) -> None:
        self.last = 0
        self.line = b""
        self.open = not resumes
        self._record = record
        self._count = count
        self._missing: set[int] = set()

    def take(self, lines: list[bytes]) -> None:
        """Count the messages that came together."""
        if self._record.has(self.last, lines):
            self._count.received += len(lines)
            self.last += len(lines)
        else:
            for line in lines:
                self._take(line)
        self.open = False
        self.line = lines[-1]

    def close(self, end: int) -> None:
        """No more comes; the channel's messages have ids up to `end`."""
        self._count.lost += max(0, end - self.last) + len(self._missing)

    def _take(self, line: bytes) -> None:
        id = int(line[: line.index(b" ")])
        self._count.received += 1
        self._count.different += not self._record.agrees(id, line)
        if id > self.last:
            if self.open:
                self._count.missed += id - self.last - 1
                self.open = False
            else:
                self._missing.update(range(self.last + 1, id))
            self.last = id
        elif id in self._missing:
            self._missing.remove(id)
            self._count.out_of_order += 1
        else:
            self._count.duplicate += 1


class Message(NamedTuple):
    """The parts of a line; time as HTTP writes it; number: the publisher's own."""

    id: int
    tag: bytes
    time: bytes
    event_id: bytes
    number: int


def parse(line: bytes) -> Message:
    """The parts of a line. ValueError when it isn't one."""
    id, tag, rest = line.split(b" ", 2)
    event_id, number, _ = rest[30:].split(b" ", 2)
    return Message(int(id), tag, rest[:29], event_id, int(number))
