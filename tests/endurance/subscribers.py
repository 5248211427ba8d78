"""The subscribers: each connects, asks, reads and counts, and does so again when its connection ends, until it is to leave."""

from __future__ import annotations

import asyncio
import random
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast
from urllib.parse import quote

from .counting import Count, Message, Record, Tally, parse
from .wire import UNKNOWN, BrokenAnswer, EventSource, LongPolling, Reader, Streaming, WebSocket

_GREETING = b"subscribed"
_GOOD = (0, 101, 200, 304)
_KEY = "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n"
_SMALL_BUFFER = 4096
_LONGEST_HESITATION = 1.5  # seconds


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of subscriber.

    number: how many there are; resumes: it says which message it had last; request: what it asks, of which channel and since
    which message; polls: an answer ends with the messages there are, and the next request follows.
    """

    name: str
    number: int
    resumes: bool
    reader: Callable[[], Reader]
    request: Callable[[str, Message | None], str]
    polls: bool = False


def _streaming(channel: str, last: Message | None) -> str:
    return f"GET /streaming/{channel} HTTP/1.0\r\nHost: test\r\n{_since(last)}\r\n"


def _long_polling(channel: str, last: Message | None) -> str:
    return f"GET /long-polling/{channel} HTTP/1.1\r\nHost: test\r\n{_since(last)}\r\n"


def _since(last: Message | None) -> str:
    return f"If-Modified-Since: {last.time.decode()}\r\nIf-None-Match: {last.tag.decode()}\r\n" if last else ""


def _event_source(channel: str, last: Message | None) -> str:
    since = f"Last-Event-ID: {last.event_id.decode()}\r\n" if last else ""
    return f"GET /eventsource/{channel} HTTP/1.1\r\nHost: test\r\n{since}\r\n"


def _websocket(channel: str, last: Message | None) -> str:
    since = f"?time={quote(last.time)}&tag={last.tag.decode()}" if last else ""
    upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    return f"GET /websocket/{channel}{since} HTTP/1.1\r\nHost: test\r\n{upgrade}{_KEY}\r\n"


KINDS = (
    Kind("streaming", 250, True, Streaming, _streaming),
    Kind("eventsource", 150, True, EventSource, _event_source),
    Kind("streaming, not resuming", 100, False, Streaming, _streaming),
    Kind("websocket", 150, True, WebSocket, _websocket),
    Kind("websocket, not resuming", 50, False, WebSocket, _websocket),
    Kind("long-polling", 100, True, LongPolling, _long_polling, polls=True),
)


class Subscriber(asyncio.Protocol):
    """One subscriber. Some connections hesitate before they ask; some subscribers read from a small buffer.

    ports: of servers that share their channels; each connection goes to one of them.
    small: its buffer is, so that the server feels it when it does not read; reads: it has not been stopped; greeted: the server
    has sent the header template of this connection.
    """

    def __init__(self, ports: Sequence[int], kind: Kind, channel: str, record: Record, count: Count, seed: int) -> None:
        self.kind = kind
        self.reads = True
        self.greeted = False
        self.tally = Tally(record, count, kind.resumes)
        self._ports = ports
        self.channel = channel
        self._count = count
        self._random = random.Random(seed)
        self.small = self._random.random() < 0.2
        self._wanted = True
        self._reader = kind.reader()
        self._transport: asyncio.Transport | None = None
        self._last: Message | None = None
        self._connecting: asyncio.Task[None] | None = None

    @property
    def holds_up(self) -> int | None:
        """The id up to which it has read, when publishers have to wait for it; None while the next id it gets is open."""
        return None if self.tally.open else self.tally.last

    def start(self) -> None:
        """Connect; the answer comes when it comes."""
        self.greeted = False
        self._connecting = asyncio.create_task(self._connect())

    def stop_reading(self) -> None:
        """Leave what comes in the buffers, until `read_on` or the connection's end."""
        self.reads = False
        if self._transport is not None:
            self._transport.pause_reading()

    def read_on(self) -> None:
        """Read again."""
        self.reads = True
        if self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()

    def drop(self) -> None:
        """Cut the own connection, wherever its bytes are, and connect again."""
        if self._transport is not None:
            self._transport.abort()

    def leave(self) -> None:
        """Don't come back."""
        self._wanted = False
        self.drop()

    async def _connect(self) -> None:
        loop = asyncio.get_running_loop()
        while self._wanted:
            client = socket.socket()
            client.setblocking(False)
            if self.small:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SMALL_BUFFER)
            try:
                await loop.sock_connect(client, ("127.0.0.1", self._random.choice(self._ports)))
                await loop.create_connection(lambda: self, sock=client)
                return
            except OSError:
                client.close()
                await asyncio.sleep(0.05)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport = cast(asyncio.Transport, transport)
        if not self._wanted:  # it was to leave while it connected
            transport.abort()
            return
        self._count.connections += 1
        self._reader = self.kind.reader()
        if self.tally.last and self._random.random() < 0.1:
            asyncio.get_running_loop().call_later(self._random.uniform(0, _LONGEST_HESITATION), self._ask, transport)
        else:
            self._ask(transport)

    def _ask(self, transport: asyncio.Transport) -> None:
        if transport.is_closing():
            return
        self._reader = self.kind.reader()
        transport.write(self.kind.request(self.channel, self._last if self.kind.resumes else None).encode())

    def data_received(self, data: bytes) -> None:
        try:
            self._read(data)
        except (BrokenAnswer, ValueError):
            self._count.broken += self._reader.head.status != UNKNOWN
            self.drop()

    def _read(self, data: bytes) -> None:
        lines = self._reader.feed(data)
        if self._reader.head.status not in _GOOD:
            raise BrokenAnswer(f"refused: {self._reader.head.status}")
        if not self.greeted and lines and lines[0] == _GREETING:
            self.greeted = True
            del lines[0]
        if lines:
            self.tally.take(lines)
        if self._reader.at_end():
            self._go_on()

    def _go_on(self) -> None:
        """The answer is complete: ask again. The head of a long-polling one with messages says where it goes on."""
        assert self._transport is not None
        fields = self._reader.head.fields
        if self.kind.polls and self._reader.head.status == 200:
            self._last = parse(self.tally.line)._replace(time=fields[b"last-modified"], tag=fields[b"etag"])
        if self.kind.polls and fields.get(b"connection", b"").lower() != b"close":
            self._ask(self._transport)
        else:
            self._transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        self._transport = None
        self.tally.open = not self.kind.resumes
        if self.tally.line and not self.kind.polls:
            self._last = parse(self.tally.line)
        if self._wanted:
            self.start()
