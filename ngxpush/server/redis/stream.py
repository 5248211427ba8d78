"""One worker's stream with the server that has a shard: it is connected, or it tries to be.

A stream is of use only after it has *joined*: the worker has told the shard what subscribers it has, and has got what they have
missed. Until then, and from the moment the connection is lost, `away` says why there is none, and nothing waits for it.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from .connection import Command, RedisConnection, RedisLost
from .nodes import Nodes, NotConnected
from .refusals import reason_of

# Seconds between two attempts to connect: the first ones come soon, and not those of all workers at once.
_FIRST_PAUSE = 0.05
_LONGEST_PAUSE = 1.0

Join = Callable[[RedisConnection], Awaitable[None]]
"""Makes a new connection ready for calls. Raises one of NotConnected."""


class ShardStream:
    """See above.

    key: one of the shard's.  pushed: gets what the worker's subscription brings, from the moment that `join` subscribes.
    changed: called when the connection was lost, and when there is one again.
    """

    def __init__(
        self, nodes: Nodes, key: bytes, join: Join, pushed: Callable[[bytes], object], changed: Callable[[], None]
    ) -> None:
        self.away: str | None = "is not connected yet"
        self._nodes = nodes
        self._key = key
        self._join = join
        self._pushed = pushed
        self._changed = changed
        self._connection: RedisConnection | None = None
        self._returning: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Connect for the first time. Raises one of NotConnected; after that it goes on trying."""
        try:
            await self._connect()
        except NotConnected as error:
            self.away = reason_of(error)
            self._returning = asyncio.create_task(self._return())
            raise

    async def _connect(self) -> None:
        """Connect and join. Raises one of NotConnected."""
        connection = self._connection = await self._nodes.connect(self._key, self._pushed, self._lost)
        try:
            await self._join(connection)
            if connection.ended is not None:
                raise RedisLost(connection.ended)
        except BaseException:
            connection.close()
            raise
        self.away = None

    @property
    def is_busy(self) -> bool:
        """Whether a command has no reply yet."""
        return self._connection is not None and self._connection.is_busy

    def send(self, command: Command, done: Callable[[Any], None]) -> None:
        """Send a command. `done` gets the reply, as from RedisConnection.send: a RedisLost at once while the stream is away."""
        if self.away is not None:
            done(RedisLost(self.away))
        else:
            assert self._connection is not None
            self._connection.send(command, done)

    def give_up(self, reason: str) -> None:
        """Lose the connection on purpose: it is of no use any more."""
        assert self._connection is not None
        self._connection.end(reason)

    def close(self) -> None:
        """End it for good."""
        if self._returning is not None:
            self._returning.cancel()
        if self._connection is not None:
            self._connection.close()
        self.away = "was closed"

    def _lost(self, reason: str) -> None:
        if self.away is not None:  # it has not joined: whoever waits for that sees it
            return
        self.away = reason
        self._changed()
        self._returning = asyncio.create_task(self._return())

    async def _return(self) -> None:
        for pause in _pauses():
            try:
                await self._connect()
            except NotConnected as error:
                self.away = reason_of(error)
            except Exception as error:  # an error of this program: it is reported, and does not keep the worker away for ever
                self.away = f"answers what is not understood here ({type(error).__name__})"
                asyncio.get_running_loop().call_exception_handler({"message": "joining a shard failed", "exception": error})
            else:
                self._changed()
                return
            await asyncio.sleep(pause)


def _pauses() -> Iterator[float]:
    pause = _FIRST_PAUSE
    while True:
        yield pause * random.uniform(0.5, 1)
        pause = min(2 * pause, _LONGEST_PAUSE)
