"""Messages as they pass. While no one looks the zone has no observer, and a message costs what it costs without a console."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ..push.local_zone import LocalZone
from ..push.messages import Message

KEPT = 100
"""Messages that are kept for a page until it takes them; of more the newest stay."""


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


class Watches:
    """All who look, at a channel or at every one. The zone has an observer while there is one of them."""

    def __init__(self, zone: LocalZone) -> None:
        self._zone = zone
        self._by_channel: dict[bytes, list[ChannelWatch]] = {}
        self._hearers: list[Callable[[Message], None]] = []

    @contextmanager
    def of(self, channel: bytes) -> Iterator[ChannelWatch]:
        """Look at a channel while the block lasts, whether it exists or not."""
        watch = ChannelWatch()
        self._by_channel.setdefault(channel, []).append(watch)
        self._observe()
        try:
            yield watch
        finally:
            self._by_channel[channel].remove(watch)
            if not self._by_channel[channel]:
                del self._by_channel[channel]
            self._observe()

    @contextmanager
    def hearing(self, hear: Callable[[Message], None]) -> Iterator[None]:
        """Have `hear` called with the messages of all channels while the block lasts."""
        self._hearers.append(hear)
        self._observe()
        try:
            yield
        finally:
            self._hearers.remove(hear)
            self._observe()

    def _observe(self) -> None:
        self._zone.zone.observe(self._heard if self._by_channel or self._hearers else None)

    def _heard(self, message: Message) -> None:
        for watch in self._by_channel.get(message.channel, ()):
            watch.add(message)
        for hear in self._hearers:
            hear(message)
