"""Messages as they pass. While no one looks the zone has no observer, and a message costs what it costs without a console."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
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
    """All who look, by channel."""

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
