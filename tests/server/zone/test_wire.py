from __future__ import annotations

import asyncio
import socket

import uvloop

from ngxpush.server.zone.wire import Wire, connect


class Ends:
    """A Wire, the socket at its other end, and what happened."""

    def __init__(self, wire: Wire, far: socket.socket) -> None:
        self.wire, self.far = wire, far
        self.happened: list[bytes | str] = []

    def begin(self) -> None:
        self.wire.begin(self.happened.append, lambda: self.happened.append("lost"))

    async def until(self, *expected: bytes | str) -> None:
        while len(self.happened) < len(expected):
            await asyncio.sleep(0)
        assert self.happened == [*expected]


async def _connected() -> Ends:
    near, far = socket.socketpair()
    far.setblocking(False)
    return Ends(await connect(near), far)


def test_what_comes_is_given_on_until_the_other_side_is_gone() -> None:
    async def scenario() -> None:
        ends = await _connected()
        ends.begin()
        ends.far.send(b"hello")
        await ends.until(b"hello")
        ends.far.close()
        await ends.until(b"hello", "lost")

    asyncio.run(scenario())


def test_what_comes_before_the_beginning_is_kept() -> None:
    async def scenario() -> None:
        ends = await _connected()
        ends.wire.data_received(b"early")
        ends.wire.data_received(b", too")
        ends.begin()
        assert ends.happened == [b"early, too"]
        ends.wire.write(b"answer")
        assert await asyncio.get_running_loop().sock_recv(ends.far, 100) == b"answer"
        ends.far.close()

    asyncio.run(scenario())


def test_an_end_before_the_beginning_is_reported_at_the_beginning() -> None:
    async def scenario() -> None:
        ends = await _connected()
        ends.wire.connection_lost(None)
        ends.begin()
        assert ends.happened == ["lost"]
        ends.far.close()

    asyncio.run(scenario())


def test_a_closed_wire_takes_nothing_more_and_is_lost() -> None:
    async def scenario() -> None:
        ends = await _connected()
        ends.begin()
        ends.wire.close()
        ends.wire.data_received(b"late")
        await ends.until("lost")
        ends.far.close()

    asyncio.run(scenario())


def test_what_is_written_to_a_lost_wire_is_dropped() -> None:
    async def scenario() -> None:
        ends = await _connected()
        ends.begin()
        ends.far.close()
        await ends.until("lost")
        ends.wire.write(b"too late")  # uvloop's own transport raises RuntimeError

    uvloop.run(scenario())
