"""Messages as they pass. While no one looks the zone has no observer, and a message costs what it costs without a console.

A zone that is elsewhere tells a worker of those messages that its subscribers get, and no one counts as a subscriber by looking.
So it is asked again and again for what it has stored.
"""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from ..push.local_zone import LocalZone
from ..push.messages import Message
from ..push.operations import Inspect, ZoneLost
from .asking import Asking

KEPT = 100
"""Messages that are kept for a page until it takes them; of more the newest stay."""

# Seconds between two looks at a zone that is elsewhere.
_INTERVAL = 1.0


class ChannelWatch:
    """One who looks at a channel. came: set while there is something to take."""

    def __init__(self) -> None:
        self.came = asyncio.Event()
        self._messages: deque[Message] = deque(maxlen=KEPT)
        self._passed = 0

    def add(self, message: Message) -> None:
        self._messages.append(message)
        self._passed += 1
        self.came.set()

    def take(self) -> tuple[list[Message], int]:
        """The messages since the last call, oldest first, and how many of them there were before these."""
        messages, missed = list(self._messages), self._passed - len(self._messages)
        self._messages.clear()
        self._passed = 0
        self.came.clear()
        return messages, missed


class ZoneWatches:
    """All who look, by channel, where the zone is in this process."""

    def __init__(self, zone: LocalZone) -> None:
        self._zone = zone
        self._by_channel: dict[bytes, list[ChannelWatch]] = {}

    @contextmanager
    def of(self, channel: bytes) -> Iterator[ChannelWatch]:
        """Look at a channel while the block lasts, whether it exists or not."""
        watch = ChannelWatch()
        if not self._by_channel:
            self._zone.zone.observe(self._heard)
        self._by_channel.setdefault(channel, []).append(watch)
        try:
            yield watch
        finally:
            self._by_channel[channel].remove(watch)
            if not self._by_channel[channel]:
                del self._by_channel[channel]
            if not self._by_channel:
                self._zone.zone.observe(None)

    def _heard(self, message: Message) -> None:
        for watch in self._by_channel.get(message.channel, ()):
            watch.add(message)


class StoredWatches:
    """Those who look where the zone is elsewhere: they see the messages that are stored."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking

    @contextmanager
    def of(self, channel: bytes) -> Iterator[ChannelWatch]:
        """See ZoneWatches.of."""
        watch = ChannelWatch()
        looking = asyncio.get_running_loop().create_task(self._look(channel, watch))
        try:
            yield watch
        finally:
            looking.cancel()

    async def _look(self, channel: bytes, watch: ChannelWatch) -> None:
        last: tuple[float, int] = (math.inf, 0)  # what is there before the first look does not pass
        while True:
            with suppress(ZoneLost):
                states = (await self._asking.do(Inspect((channel,), KEPT))).states
                for message in [message for state in states for message in state.messages]:
                    if (message.time, message.tag) > last:
                        watch.add(message)
                last = max([(state.time, state.tag) for state in states], default=(0, 0))
            await asyncio.sleep(_INTERVAL)
