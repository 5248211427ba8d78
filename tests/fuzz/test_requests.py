"""Requests, good and broken, to the real nginx 1.22.1 and to ngxpush.

Compared for each: every byte the client gets, every byte a backend gets, and the lines of both logs.
NGXPUSH_FUZZ_REQUESTS=50000 asks more, NGXPUSH_FUZZ_SEED=1 asks other ones.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import os
import re
from collections import defaultdict
from pathlib import Path

import pytest

from tests.differential.beside import OURS, access_lines, error_lines, needs_nginx, real_nginx, same, serving
from tests.patience import PATIENCE
from tests.running import free_port

from .comparing import REPEATS, accepted, several_at_once, words
from .parts import END
from .requests import Case, cases

pytestmark = [needs_nginx, pytest.mark.timed("pieces that come with a pause between them")]

_COUNT = int(os.environ.get("NGXPUSH_FUZZ_REQUESTS", "2000"))
_SEED = int(os.environ.get("NGXPUSH_FUZZ_SEED", "0"))
_AT_ONCE = 48
# Longer than a server needs to read what has come.
_PAUSE = 0.03
# Each request has a client's address of its own, by which the backend and the logs know it.
_FIRST = ipaddress.IPv4Address("127.64.0.0")
_CLIENT = re.compile(r"127\.(?:6[4-9]|[7-9]\d)\.\d+\.\d+")

# nginx cuts lines off, those with longer numbers of processes earlier.
_LONGEST_LINE = 1900

# Whether nginx still notes what it did last depends on how much of a body that no one wants came at once.
_LAST_ACTION = " while sending response to client"

Seen = tuple[object, ...]


class Side:
    """One of the two servers, with a backend of its own.

    answers: what each client got.  received: what the backend got on each connection, for each client.
    """

    def __init__(self, command: list[str], directory: Path) -> None:
        self.command = command
        self.directory = directory
        self.ports = {f"PORT{number}": free_port() for number in range(1, 5)}
        self.answers: dict[str, str] = {}
        self.received: dict[str, list[str]] = defaultdict(list)

    async def back(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection as the backend: answer when the body is there, and note all that comes until the server closes."""
        data = b""
        answered = False
        with contextlib.suppress(OSError):
            while piece := await reader.read(65536):
                data += piece
                if not answered and _is_whole(data):
                    answered = True
                    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nback\n")
        data = _unchunked(data)
        client = _CLIENT.search(data.decode("latin-1"))
        self.received[client[0] if client else ""].append(self.same(data))
        writer.close()

    async def ask(self, numbered: dict[str, Case], at_once: int) -> None:
        """Send all the requests, so many at once."""

        async def ask(numbered: tuple[str, Case]) -> None:
            client, case = numbered
            self.answers[client] = self.same(await _ask(client, self.ports[case.port], case.pieces))

        await several_at_once(numbered.items(), at_once, ask)
        # A server may log a request only when its client has closed: that is done before what comes later.
        for _ in range(2):
            await _ask("127.0.0.1", self.ports["PORT1"], (END,))

    def same(self, data: bytes) -> str:
        """Text without what is another in each run."""
        return same(data.decode("latin-1"), self.ports, self.directory)

    def seen(self) -> dict[str, Seen]:
        """All there is to see of each request."""
        logged: dict[str, list[str]] = defaultdict(list)
        for line in access_lines(self.ports, self.directory) + error_lines(self.ports, self.directory):
            found = _CLIENT.search(line)
            if found is not None:
                logged[found[0]].append(line.replace(_LAST_ACTION, "")[:_LONGEST_LINE])
        return {
            client: tuple(text.replace(client, "CLIENT") for text in (answer, *self.received[client], *logged[client]))
            for client, answer in self.answers.items()
        }


def _is_whole(data: bytes) -> bool:
    """Whether a request that a server has made is whole."""
    head, end, body = data.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\nContent-Length: (\d+)\r\n", head + b"\r\n")
    if b"\r\nTransfer-Encoding: chunked" in head:
        return body.endswith(b"0\r\n\r\n")
    return bool(end) and (length is None or len(body) >= int(length[1]))


def _unchunked(data: bytes) -> bytes:
    """The request with its body in one piece: in which pieces it is passed on is a matter of time."""
    head, end, body = data.partition(b"\r\n\r\n")
    if b"\r\nTransfer-Encoding: chunked" not in head:
        return data
    pieces, position = [], 0
    while found := re.compile(rb"([0-9a-f]+)\r\n").match(body, position):
        position = found.end() + int(found[1], 16) + 2
        pieces.append(body[found.end() : position - 2])
    return head + end + b"[chunked] " + b"".join(pieces) + body[position:]


async def _ask(client: str, port: int, pieces: tuple[bytes, ...]) -> bytes:
    """All that comes until the server closes."""
    loop = asyncio.get_running_loop()
    transport, answer = await loop.create_connection(_Answer, "127.0.0.1", port, local_addr=(client, 0))
    for number, piece in enumerate(pieces):
        if number:
            await asyncio.sleep(_PAUSE)
        transport.write(piece)
    await asyncio.wait_for(answer.ended, PATIENCE)
    transport.close()
    return bytes(answer.data)


class _Answer(asyncio.Protocol):
    """What a server sends until it closes. A stream would lose what came before a reset."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.ended = asyncio.get_running_loop().create_future()

    def data_received(self, data: bytes) -> None:
        self.data += data

    def eof_received(self) -> None:
        self._end()

    def connection_lost(self, error: Exception | None) -> None:
        self._end()

    def _end(self) -> None:
        if not self.ended.done():
            self.ended.set_result(None)


async def disagreements(count: int, seed: int, directory: Path) -> list[str]:
    """What the two servers do differently, in words."""
    sides = [Side(real_nginx(), directory / "nginx"), Side(OURS, directory / "ngxpush")]
    conf = Path(__file__).with_name("requests.conf")
    numbered = {str(_FIRST + number): case for number, case in enumerate(cases(seed, count))}
    async with contextlib.AsyncExitStack() as stack:
        for side in sides:
            await stack.enter_async_context(await asyncio.start_server(side.back, "127.0.0.1", side.ports["PORT2"], backlog=1024))
            stack.enter_context(serving(side.command, conf, side.ports, side.directory))
        await asyncio.gather(*(side.ask(numbered, _AT_ONCE) for side in sides))
        first, second = (side.seen() for side in sides)
        different = {client: case for client, case in numbered.items() if first[client] != second[client]}
        for repeat in range(1, REPEATS + 1):
            asked = {str(_FIRST + repeat * count + number): case for number, case in enumerate(different.values())}
            await asyncio.gather(*(side.ask(asked, 8) for side in sides))
            first, second = (side.seen() for side in sides)
            different = {client: case for client, case in asked.items() if first[client] != second[client]}
    return [words(f"{case.port} {case.pieces!r}", first[client], second[client]) for client, case in different.items()]


def test_nginx_and_ngxpush_do_the_same_with_every_request(tmp_path: Path) -> None:
    different = asyncio.run(disagreements(_COUNT, _SEED, tmp_path))
    assert len(different) <= accepted(_COUNT), f"{len(different)} of {_COUNT} requests:\n" + "\n".join(different)
