"""Servers that say what a test has written for them, asked by the real nginx and by ngxpush.

The language is that of a request's first byte: SCGI begins with a digit, memcached with a letter, FastCGI with a 1, all else is
uWSGI.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.running import free_port

from .beside import OURS, access_lines, error_lines, real_nginx, same, serving

# Seconds between the pieces of an answer: long enough for each to be read alone.
_PAUSE = 0.04
_BODY = re.compile(rb"CONTENT_LENGTH(?:\0|..)(\d+)")


@dataclass(frozen=True, slots=True)
class Case:
    """A request, and what each server of the two says to it, in pieces. stays: the servers then wait for another request."""

    request: bytes
    first: Sequence[bytes] = ()
    second: Sequence[bytes] = ()
    stays: bool = False


class Scripted:
    """One server. pieces: what it says next.  got: the requests it has got, with their bodies."""

    def __init__(self) -> None:
        self.pieces: Sequence[bytes] = ()
        self.stays = False
        self.got: list[bytes] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        # A connection that is kept is cancelled when the test ends.
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while True:
                self.got.append(await _request(reader))
                for place, piece in enumerate(self.pieces):
                    await asyncio.sleep(_PAUSE if place else 0)
                    writer.write(piece)
                    await writer.drain()
                if not self.stays:
                    break
        writer.close()


async def _request(reader: asyncio.StreamReader) -> bytes:
    first = await reader.readexactly(1)
    if first.isdigit():
        size = first + await reader.readuntil(b":")
        head = size + await reader.readexactly(int(size[:-1]) + 1)
    elif first.isalpha():
        return first + await reader.readuntil(b"\n")
    elif first == b"\1":
        return await _records(first, reader)
    else:
        head = first + await reader.readexactly(3)
        head += await reader.readexactly(int.from_bytes(head[1:3], "little"))
    length = _BODY.search(head)
    return head + (await reader.readexactly(int(length[1])) if length else b"")


async def _records(first: bytes, reader: asyncio.StreamReader) -> bytes:
    """A FastCGI request, up to the empty record that ends its body."""
    got = b""
    while True:
        header = first + await reader.readexactly(8 - len(first))
        size = int.from_bytes(header[4:6], "big")
        got, first = got + header + await reader.readexactly(size + header[6]), b""
        if header[1] == 5 and not size:
            return got


async def ask_both(conf: Path, cases: list[Case], directory: Path) -> tuple[list[str], list[str]]:
    """What nginx and what ngxpush does: what the servers get, what the client gets, the logs."""
    ports = {name: free_port() for name in ("PORT1", "PORT2", "PORT3")}
    real = await _play(real_nginx(), conf, ports, cases, directory / "nginx")
    return real, await _play(OURS, conf, ports, cases, directory / "ngxpush")


async def _play(command: list[str], conf: Path, ports: dict[str, int], cases: list[Case], directory: Path) -> list[str]:
    servers = [Scripted(), Scripted()]
    lines: list[str] = []
    async with contextlib.AsyncExitStack() as stack:
        for name, server in zip(("PORT2", "PORT3"), servers, strict=True):
            await stack.enter_async_context(await asyncio.start_server(server, "127.0.0.1", ports[name]))
        stack.enter_context(serving(command, conf, ports, directory))
        for case in cases:
            for server, pieces in zip(servers, (case.first, case.second), strict=True):
                server.pieces, server.stays, server.got = pieces, case.stays, []
            answer = await _ask(ports["PORT1"], case.request)
            got = [repr(request)[2:-1] for server in servers for request in server.got]
            lines += [same(text, ports, directory) for text in (*got, repr(answer)[2:-1])]
    return lines + access_lines(ports, directory) + error_lines(ports, directory)


async def _ask(port: int, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    answer = await reader.read()
    writer.close()
    return answer
