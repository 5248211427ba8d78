"""Many clients in one event loop, each knowing which worker serves it."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import Counter
from typing import Any

_AT_ONCE = 40
_MOST_TRIES = 200


class Client:
    """A kept connection. worker: the pid of the process that accepted it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.worker = 0

    async def ask(self, method: str, target: str, body: bytes = b"") -> tuple[int, bytes]:
        """One request; the status and the body of the answer, which has a length. Raises ConnectionError."""
        self.send(method, target, body)
        return await self.answer()

    def send(self, method: str, target: str, body: bytes = b"") -> None:
        """Write one request."""
        self.writer.write(f"{method} {target} HTTP/1.1\r\nHost: test\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)

    async def answer(self) -> tuple[int, bytes]:
        """Read one answer that has a length."""
        try:
            head = await self.reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            return int(head[9:12]), await self.reader.readexactly(length)
        except asyncio.IncompleteReadError as error:
            raise ConnectionError("closed in the middle of an answer") from error

    async def json(self, target: str) -> Any:
        status, body = await self.ask("GET", target)
        assert status == 200, (status, body)
        return json.loads(body)

    async def close(self) -> None:
        self.writer.close()
        with contextlib.suppress(OSError):
            await self.writer.wait_closed()


async def connect(port: int) -> Client:
    """A new connection that knows its worker."""
    client = Client(*await asyncio.open_connection("127.0.0.1", port, limit=1 << 24))
    client.worker = int((await client.ask("GET", "/pid"))[1])
    return client


async def connect_to_each(port: int, workers: set[int], number: int) -> list[Client]:
    """`number` connections to each of the workers. The kernel gives them out, so many ask at once until all have enough."""
    clients: list[Client] = []
    counts = Counter[int]()
    for _ in range(_MOST_TRIES):
        if all(counts[worker] == number for worker in workers):
            return clients
        for client in await asyncio.gather(*[connect(port) for _ in range(_AT_ONCE)]):
            if client.worker in workers and counts[client.worker] < number:
                clients.append(client)
                counts[client.worker] += 1
            else:
                await client.close()
    raise AssertionError(f"not every worker accepts: {counts}")


class Stream:
    """A streaming subscriber: the lines `channel id text` it got, until its connection ended."""

    def __init__(self, client: Client, channel: str) -> None:
        self.client = client
        self.channel = channel
        self.messages: list[tuple[int, str]] = []
        self.ended = False
        self.task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Ask for the channel."""
        self.client.writer.write(f"GET /sub/{self.channel} HTTP/1.0\r\n\r\n".encode())
        self.task = asyncio.create_task(self._read())

    async def _read(self) -> None:
        reader = self.client.reader
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
            while line := await reader.readline():
                channel, id, text = line.decode().split()
                assert channel == self.channel
                self.messages.append((int(id), text))
        self.ended = True
