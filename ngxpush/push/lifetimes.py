"""Lifetimes: how messages and channels leave the zone.

They do not leave at once: nginx's workers may still be sending them. They wait in the trash, and their memory stays taken. A
deleted channel waits in a queue before that, until the zone's timer comes (reference section 6, recordings push-lifetime).

Nothing here looks at all channels or all messages. What has a time is kept by its second, and a turn of the timer does SLICE
things at most: the next slice follows soon, and requests are served in between.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from heapq import heappop, heappush
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
# Seconds in the trash. Gone is what has been there longer.
_TRASH_TIME = 10


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

    _order: the seconds as a heap.  _due: channels whose second has come, the next one last.
    """

    __slots__ = ("_due", "_order", "_seconds")

    def __init__(self) -> None:
        self._seconds: dict[int, list[Channel]] = {}
        self._order: list[int] = []
        self._due: list[Channel] = []

    def add(self, second: int, channel: Channel) -> None:
        """Look at the channel in that second."""
        channels = self._seconds.get(second)
        if channels is None:
            self._seconds[second] = [channel]
            heappush(self._order, second)
        else:
            channels.append(channel)

    def due(self, latest: int) -> Iterator[Channel]:
        """The channels whose second is `latest` or earlier. One that is taken is not to be looked at again."""
        while True:
            while self._due:
                yield self._due.pop()
            if not self._order or self._order[0] > latest:
                return
            while self._order and self._order[0] <= latest:
                self._due += self._seconds.pop(heappop(self._order))
            self._due.sort(key=attrgetter("number"), reverse=True)

    def put_back(self, channel: Channel) -> None:
        """The channel that was taken last is to be looked at once more."""
        self._due.append(channel)
