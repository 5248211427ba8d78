"""Lifetimes: how messages and channels leave the zone.

They do not leave at once: nginx's workers may still be sending them. They wait in the trash, and their memory stays taken. A
deleted channel waits in a queue before that, until the zone's timer comes (reference section 6, recordings push-lifetime).

Nothing here looks at all channels or all messages. What has a time is kept by its second, and a turn of the timer does SLICE
things at most: the next slice follows soon, and requests are served in between.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from heapq import heappop, heappush, merge
from operator import attrgetter

from .channels import Channel
from .memory import Memory, Places
from .rows import Row

# Seconds between two turns of the zone's timer: see operations.Collect.
COLLECT_INTERVAL = 4.0
# Seconds between two turns of the timer that the first publish starts: see operations.CollectMessages.
COLLECT_MESSAGES_INTERVAL = 5.0
# Seconds to the next slice of a turn that is not done.
SLICE_INTERVAL = 0.002
# Messages and channels that one slice deals with: less than 5 ms of work.
SLICE = 1000
# Channels that are sorted in one slice.
SORTED_AT_ONCE = 10_000
# Seconds in the trash. Gone is what has been there longer.
_TRASH_TIME = 10

_NUMBER = attrgetter("number")


class ThrownAway:
    """What was thrown away within one second: the places of each message and of each channel.

    until: the last second in which it is kept.
    """

    __slots__ = ("channels", "messages", "until")

    def __init__(self, until: int) -> None:
        self.until = until
        self.messages: Row[Places] = Row()
        self.channels: Row[Places] = Row()


class Trash:
    """Messages and channels that are counted, and take memory, for ten more seconds."""

    __slots__ = ("seconds",)

    def __init__(self) -> None:
        self.seconds: deque[ThrownAway] = deque()

    @property
    def messages(self) -> int:
        return sum(len(second.messages) for second in self.seconds)

    @property
    def channels(self) -> int:
        return sum(len(second.channels) for second in self.seconds)

    def add_message(self, places: Places, now: int) -> None:
        """Throw away a message whose objects lie there."""
        until, seconds = now + _TRASH_TIME, self.seconds
        if seconds and seconds[-1].until == until:  # the usual case
            seconds[-1].messages.append(places)
        else:
            self._until(until).messages.append(places)

    def add_channel(self, places: Places, now: int) -> None:
        """Throw away a channel whose objects lie there, without its messages."""
        self._until(now + _TRASH_TIME).channels.append(places)

    def empty(self, memory: Memory, now: int, slice: int) -> int:
        """Give the memory of `slice` things back that were here for ten seconds. Returns how many were not needed."""
        while slice and self.seconds and self.seconds[0].until < now:
            second = self.seconds[0]
            gone = second.messages or second.channels
            if gone:
                memory.give(gone.popleft())
                slice -= 1
            else:
                self.seconds.popleft()
        return slice

    def restore(self, until: int, messages: Iterable[Places], channels: Iterable[Places]) -> None:
        """Take what was thrown away ten seconds before `until`."""
        second = self._until(until)
        second.messages.extend(messages)
        second.channels.extend(channels)

    def _until(self, until: int) -> ThrownAway:
        if not self.seconds or self.seconds[-1].until != until:
            self.seconds.append(ThrownAway(until))
        return self.seconds[-1]


class Agenda:
    """Channels to look at in a certain second. Those whose second has come are looked at in the order in which they were made.

    They are sorted in parts, which are merged as they are looked at: sorting a million at once would take too long.

    _seconds: those that wait, by their second.  _order: the seconds as a heap.
    _sorted: parts that are not merged yet, the first channel of each last.
    _due: the others whose second has come.  _again: the one that was put back.
    """

    __slots__ = ("_again", "_due", "_order", "_seconds", "_sorted")

    def __init__(self) -> None:
        self._seconds: dict[int, list[Channel]] = {}
        self._order: list[int] = []
        self._sorted: list[list[Channel]] = []
        self._due: Iterator[Channel] = iter(())
        self._again: list[Channel] = []

    def add(self, second: int, channel: Channel) -> None:
        """Look at the channel in that second."""
        channels = self._seconds.get(second)
        if channels is None:
            self._seconds[second] = [channel]
            heappush(self._order, second)
        else:
            channels.append(channel)

    def due(self, latest: int) -> Iterator[Channel | None]:
        """The channels whose second is `latest` or earlier. One that is taken is not to be looked at again.

        None stands for the work of a slice: that of sorting some of them.
        """
        while True:
            while self._again:
                yield self._again.pop()
            while (channel := next(self._due, None)) is not None:  # `yield from` would close it with this generator
                yield channel
            while self._order and self._order[0] <= latest:
                self._sort_some(latest)
                if self._order and self._order[0] <= latest:
                    yield None
            if not self._sorted:
                return
            self._due = merge(*map(_taken, self._sorted), key=_NUMBER)
            self._sorted = []

    def put_back(self, channel: Channel) -> None:
        """The channel that was taken last is to be looked at once more."""
        self._again.append(channel)

    def _sort_some(self, latest: int) -> None:
        """Take a part of the channels whose second has come, and sort it."""
        some: list[Channel] = []
        while len(some) < SORTED_AT_ONCE and self._order and self._order[0] <= latest:
            channels = self._seconds[self._order[0]]
            rest = max(len(channels) + len(some) - SORTED_AT_ONCE, 0)
            some += channels[rest:]
            del channels[rest:]
            if not channels:
                del self._seconds[heappop(self._order)]
        some.sort(key=_NUMBER, reverse=True)
        self._sorted.append(some)


def _taken(channels: list[Channel]) -> Iterator[Channel]:
    """The channels from the last one on. The list lets go of each: many channels that die at once would take long."""
    while channels:
        yield channels.pop()
