"""A server that answers as the test says, for what is on this side of the connection."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec

from ngxpush.push.messages import Message
from ngxpush.push.operations import Recipient
from ngxpush.server.redis.attachment import Attachment
from ngxpush.server.redis.connection import RedisLost
from ngxpush.server.redis.language import CallDone, Frame, Rejoin, Rejoined, ZoneEvent
from ngxpush.server.redis.shards import ShardPart
from ngxpush.server.zone.dialogue import BrokenStream
from tests.patience import PATIENCE
from tests.push.fakes import FakeClock
from tests.push.zone_contract import Hearer

Pushed = Callable[[bytes], None]
Lost = Callable[[str], None]

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[Frame, ...]).decode


async def until(condition: Callable[[], object]) -> None:
    """Wait for what happens in the loop or behind its sockets."""
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0.005)


def payload(*frames: Frame) -> bytes:
    """Frames as they come."""
    return _encode(frames)


class FakeFunction:
    """A Function whose commands are the calls themselves."""

    topic = b"topic"

    def __init__(self) -> None:
        self.session = 0

    def arguments(self, number: int, part: ShardPart, timed: bool = False, now: int | None = None) -> tuple[Any, ...]:
        return (number, part, timed)

    def frames(self, payload: bytes) -> tuple[Frame, ...]:
        try:
            return _decode(payload)
        except msgspec.DecodeError as error:
            raise BrokenStream(str(error)) from error


class FakeConnection:
    """A connection whose answers are in the hands of the test, but those to `Rejoin` and what has nothing to do with the zone.

    calls: those that have no answer yet: their number, part and `done`.
    """

    def __init__(self, server: FakeServer, pushed: Pushed, lost: Lost) -> None:
        self.ended: str | None = None
        self.calls: list[tuple[int, ShardPart, Callable[[Any], None]]] = []
        self.push = pushed
        self._server = server
        self._lost = lost

    def send(self, command: tuple[Any, ...], done: Callable[[Any], None]) -> None:
        if self.ended is not None:
            done(RedisLost(self.ended))
        else:
            self.calls.append((command[2], command[3], done))

    async def ask(self, *command: Any) -> Any:
        if self.ended is not None:
            raise RedisLost(self.ended)
        if command[0] != "EVALSHA":
            return {}
        number, operation = command[2], command[3].operation
        assert isinstance(operation, Rejoin)
        self._server.rejoins.append(operation)
        await asyncio.sleep(0)
        return payload(CallDone(number, self._server.rejoined(operation, self)))

    def answer(self, result: Any, **more: Any) -> None:
        """Answer the oldest call."""
        number, _, done = self.calls.pop(0)
        done(result if isinstance(result, Exception) else payload(CallDone(number, result, **more)))

    @property
    def asked(self) -> list[Any]:
        """The operations that have no answer yet."""
        return [part.operation for _, part, _ in self.calls]

    def close(self) -> None:
        self._lost = lambda reason: None
        self.end("was closed")

    def end(self, reason: str) -> None:
        if self.ended is None:
            self.ended = reason
            calls, self.calls = self.calls, []
            self._lost(reason)
            for _, _, done in calls:
                done(RedisLost(reason))


class FakeServer:
    """What stands for Nodes. rejoined: the answer to a `Rejoin`, which came on that connection."""

    def __init__(self) -> None:
        self.connections: list[FakeConnection] = []
        self.rejoins: list[Rejoin] = []
        self.rejoined: Callable[[Rejoin, FakeConnection], Rejoined] = lambda operation, connection: Rejoined()

    async def connect(self, key: bytes, pushed: Pushed, lost: Lost) -> FakeConnection:
        self.connections.append(FakeConnection(self, pushed, lost))
        return self.connections[-1]

    @property
    def connection(self) -> FakeConnection:
        return self.connections[-1]


class FakeOwner:
    """A worker's zone with attachments to so many fake servers."""

    worker = "w1"
    pid = 7

    def __init__(self, shards: int = 1) -> None:
        self.clock = FakeClock()
        self.hearer = Hearer()
        self.recipient: Recipient | None = self.hearer
        self.failures = 0
        self.events: list[ZoneEvent] = []
        self.servers = [FakeServer() for _ in range(shards)]
        self.attachments = [
            Attachment(self, shard, FakeFunction(), "SUBSCRIBE", server)  # type: ignore[arg-type]
            for shard, server in enumerate(self.servers)
        ]

    async def open(self) -> None:
        for attachment in self.attachments:
            await attachment.stream.open()

    def no_memory(self, times: int) -> None:
        self.failures += times

    def report(self, events: tuple[ZoneEvent, ...]) -> None:
        self.events += events

    def changed(self) -> None:
        """Nothing is said here."""


def message(id: int, channel: bytes = b"a", time: int = 1000) -> Message:
    """The message of that id, with the tag of the same number, as it comes from the function."""
    return Message(id, channel, b"%d" % id, time, id)
