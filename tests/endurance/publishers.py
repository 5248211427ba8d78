"""The publishers: one for each channel. It sends requests without waiting for answers, as fast as its channel's readers read."""

from __future__ import annotations

import asyncio
import random
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from tests.patience import PATIENCE

from .counting import Record
from .subscribers import Subscriber
from .wire import UNKNOWN, BrokenAnswer, Head

PIPELINE = 16
# No message is published before all readers of its channel have the one this many before it: so a slow machine is slow, and
# loses nothing.
WINDOW = 200
# How long an answer, or a message, may take before it counts as one that never comes; seconds.

_SIZES = (20, 40, 60, 80, 100, 120, 140, 160, 180, 4000)


@dataclass(slots=True)
class Published:
    """What all publishers did. slowest: the longest wait for an answer, in seconds; refused: answers other than 200."""

    acknowledged: int = 0
    again: int = 0
    refused: int = 0
    hung: int = 0
    slowest: float = 0.0


class Answer:
    """Reads the answers that have a length, one after the other."""

    def __init__(self) -> None:
        self._head = Head()
        self._body = 0

    def feed(self, data: bytes) -> list[int]:
        """The status of each answer that `data` completes."""
        statuses = []
        while data:
            if not self._head.status:
                data = self._head.feed(data)
                self._body = int(self._head.fields.get(b"content-length", b"0"))
            taken = min(self._body, len(data))
            self._body -= taken
            data = data[taken:]
            if self._head.status and not self._body:
                statuses.append(self._head.status)
                self._head = Head()
        return statuses


class Channel:
    """A channel's name, record and subscribers. given_up: those that got nothing for so long that no one waits for them."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.record = Record()
        self.subscribers: list[Subscriber] = []
        self.given_up: set[Subscriber] = set()
        self._progress: dict[Subscriber, tuple[int | None, float]] = {}

    @property
    def slowest(self) -> int:
        """The id up to which all have read."""
        ids = (subscriber.holds_up for subscriber in self.subscribers if subscriber not in self.given_up)
        return min((id for id in ids if id is not None), default=self.record.end)

    @property
    def all_have_all(self) -> bool:
        """Whether everything published has come to all subscribers that are not given up."""
        lasts = {subscriber.tally.last for subscriber in self.subscribers if subscriber not in self.given_up}
        return self.record.latest in self.record.copies and lasts == {self.end}

    def look(self, now: float) -> None:
        """Give up those for whom publishers wait in vain; forget what all have."""
        self.record.forget(self.slowest)
        for subscriber in self.subscribers:
            last, since = self._progress.get(subscriber, (None, now))
            if subscriber.holds_up in (None, self.end) or subscriber.holds_up != last or not subscriber.reads:
                self._progress[subscriber] = (subscriber.holds_up, now)
            elif now - since > PATIENCE:
                self.given_up.add(subscriber)

    @property
    def end(self) -> int:
        """The highest id that the channel has for sure."""
        return max(self.record.end, len(self.record.acknowledged))


class Publisher(asyncio.Protocol):
    """Publishes to one channel. A message whose connection ends before its answer is sent again: it may be there already."""

    def __init__(self, ports: Sequence[int], channel: Channel, published: Published, seed: int) -> None:
        self._ports = ports
        self._channel = channel
        self._published = published
        self._random = random.Random(seed)
        self._filler = self._random.randbytes(2000).hex().encode()
        self._wanted = 0
        self._begun = 0
        self._attempts = 0
        self._unanswered: deque[tuple[int, float]] = deque()
        self._again: deque[int] = deque()
        self._answer = Answer()
        self._transport: asyncio.Transport | None = None
        self._connecting: asyncio.Task[None] | None = None

    @property
    def idle(self) -> bool:
        """Whether everything wanted is acknowledged."""
        return self._left == 0 and not self._unanswered

    def publish(self, number: int) -> None:
        """Publish this many more."""
        self._wanted = self._begun + number

    def enough(self) -> None:
        """Begin no other message."""
        self._wanted = self._begun

    def start(self) -> None:
        """Connect."""
        self._connecting = asyncio.create_task(self._connect())

    def leave(self) -> None:
        """Disconnect for good."""
        if self._connecting is not None:
            self._connecting.cancel()
        transport, self._transport = self._transport, None
        if transport is not None:
            transport.abort()

    def pump(self, now: float) -> None:
        """Send as many messages as the window and the pipeline allow; cut the connection when an answer does not come."""
        if self._transport is None or self._transport.is_closing() or self.idle:
            return
        if self._unanswered and now - self._unanswered[0][1] > PATIENCE:
            self._published.hung += 1
            self._transport.abort()
            return
        room = min(PIPELINE, self._channel.slowest + WINDOW - self._channel.end) - len(self._unanswered)
        if room > 0 and self._left:
            self._transport.write(b"".join([self._next(now) for _ in range(min(room, self._left))]))

    @property
    def _left(self) -> int:
        return self._wanted - self._begun + len(self._again)

    def _next(self, now: float) -> bytes:
        if self._again:
            number = self._again.popleft()
        else:
            self._begun += 1
            self._channel.record.latest = number = self._begun
        self._attempts += 1
        self._unanswered.append((number, now))
        text = b"%d %s" % (number, self._filler[: self._random.choice(_SIZES)])
        head = f"POST /publish?id={self._channel.name} HTTP/1.1\r\nHost: test\r\nEvent-Id: {self._attempts}\r\n"
        return head.encode() + b"Content-Length: %d\r\n\r\n" % len(text) + text

    async def _connect(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                await loop.create_connection(lambda: self, "127.0.0.1", self._random.choice(self._ports))
                return
            except OSError:
                await asyncio.sleep(0.05)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport = cast(asyncio.Transport, transport)
        self._answer = Answer()

    def data_received(self, data: bytes) -> None:
        now = time.monotonic()
        try:
            for status in self._answer.feed(data):
                self._answered(status, now)
        except (BrokenAnswer, ValueError, IndexError):
            self._published.refused += 1
            if self._transport is not None:
                self._transport.abort()
        self.pump(now)

    def _answered(self, status: int, now: float) -> None:
        number, sent = self._unanswered.popleft()
        self._published.slowest = max(self._published.slowest, now - sent)
        if status == 200:
            self._published.acknowledged += 1
            self._channel.record.acknowledged.add(number)
            return
        self._again.append(number)
        if status == UNKNOWN:
            self._channel.record.doubtful.add(number)
            self._published.again += 1
        else:
            self._published.refused += 1

    def connection_lost(self, error: Exception | None) -> None:
        if self._transport is None:
            return
        self._transport = None
        numbers = [number for number, _ in self._unanswered]
        self._channel.record.doubtful.update(numbers)
        self._published.again += len(numbers)
        self._again.extend(numbers)
        self._unanswered.clear()
        self.start()
