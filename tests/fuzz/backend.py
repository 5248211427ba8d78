"""A server that answers with given bytes: those of the case whose number stands in the request."""

from __future__ import annotations

import asyncio
import contextlib
import re

from .upstream_answers import Case

_NUMBER = re.compile(rb"/(\d+)[ ?]")
# Seconds between the pieces of an answer: long enough for each to be read alone.
_PAUSE = 0.03


class Backend:
    """The server, and what becomes of its connections.

    cases: by number.  closed: the numbers of the answers after which the other side closed the connection.
    """

    def __init__(self) -> None:
        self.cases: dict[int, Case] = {}
        self.closed: set[int] = set()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        number = None
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                found = _NUMBER.search(head)
                if found is None:
                    break
                number = int(found[1])
                await _send(self.cases[number].pieces, writer)
                if not self.cases[number].stays:
                    break
        if number is not None:
            self.closed.add(number)
        writer.close()

    async def answer_well(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection as the second server of a group, which has no faults."""
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nsecond\n")
        writer.close()


async def _send(pieces: tuple[bytes, ...], writer: asyncio.StreamWriter) -> None:
    for piece in pieces[:-1]:
        writer.write(piece)
        await asyncio.sleep(_PAUSE)
    writer.write(pieces[-1])
    await writer.drain()
