"""One connection to a Redis server: commands go out; replies and pushes come in, in one order.

RESP3 lets both share a connection.  All that is asked for in one turn of the event loop leaves in one write.  A server that has
something to answer and says nothing for REPLY_TIME is paused or cut off: the connection is lost, and no one waits for it.

The protocol is spoken here with the parser of the `redis` package (hiredis), not with that package's connections: a command costs
about 10 µs in place of 40.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any, cast

import hiredis

Command = tuple[bytes | str | int, ...]

REPLY_TIME = 2.0
"""Seconds without a word from a server that has something to answer, after which it is given up."""

# Seconds. Where a timer comes so late, this process was kept from reading as well.
_LATE = 0.1

_MORE = object()  # what the parser returns when the next answer is not whole yet
_SUBSCRIBED = (b"subscribe", b"ssubscribe")
_UNSUBSCRIBED = (b"unsubscribe", b"sunsubscribe")


class RedisRefused(Exception):
    """The server's answer to a command is an error: its text, which begins with a word in capitals."""


class RedisLost(ConnectionError):
    """The connection is lost. The text says why, after `it `."""


class _NotRedis(Exception):
    """What came is not the protocol of Redis."""


class RedisConnection(asyncio.Protocol):
    """A connection. RESP3 is spoken after `HELLO 3`.

    pushed: gets each message of a subscription.  lost: called once, with the reason, when nothing will come any more; calls under
    way get a RedisLost after that.  Neither is called after `close`.  ended: that reason; None: it is of use.
    """

    def __init__(self, pushed: Callable[[bytes], object], lost: Callable[[str], None]) -> None:
        self.ended: str | None = None
        self._pushed = pushed
        self._lost = lost
        self._loop = asyncio.get_running_loop()
        self._reader = hiredis.Reader(protocolError=_NotRedis, replyError=RedisRefused, notEnoughData=_MORE)
        self._unsent: list[bytes] = []
        self._waiting: deque[tuple[float, Callable[[Any], None]]] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._due = 0.0  # when the timer is
        self._heard = 0.0  # when something came last

    @property
    def is_busy(self) -> bool:
        """Whether a command has no reply yet."""
        return bool(self._waiting)

    def send(self, command: Command, done: Callable[[Any], None]) -> None:
        """Send a command. `done` gets the reply: bytes, numbers, lists of them, a RedisRefused; or a RedisLost."""
        if self.ended is not None:
            done(RedisLost(self.ended))
            return
        if not self._unsent:
            self._loop.call_soon(self._flush)
        self._unsent.append(hiredis.pack_command(command))  # type: ignore[arg-type]  # it takes any number of words
        asked = self._loop.time()
        self._waiting.append((asked, done))
        if self._timer is None:
            self._look_again(asked + REPLY_TIME)

    async def ask(self, *command: bytes | str | int) -> Any:
        """Send a command and wait for the reply. Raises RedisRefused and RedisLost."""
        waiting: asyncio.Future[Any] = self._loop.create_future()

        def done(reply: Any) -> None:
            if not waiting.done():
                waiting.set_result(reply)

        self.send(command, done)
        reply = await waiting
        if isinstance(reply, Exception):
            raise reply
        return reply

    def close(self) -> None:
        """Close it. No one is told but the calls under way."""
        self._lost = lambda reason: None
        self.end("was closed")

    def end(self, reason: str) -> None:
        """Give the connection up."""
        if self.ended is not None:
            return
        self.ended = reason
        if self._timer is not None:
            self._timer.cancel()
        self._unsent.clear()
        self._transport.abort()
        waiting, self._waiting = self._waiting, deque()
        self._lost(reason)
        for _, done in waiting:
            done(RedisLost(reason))

    # -- asyncio.Protocol ---------------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are no asyncio.WriteTransport, they only look like one.
        self._transport = cast(asyncio.WriteTransport, transport)

    def connection_lost(self, error: Exception | None) -> None:
        self.end("has closed the connection" if error is None else f"has cut the connection ({error})")

    def data_received(self, data: bytes) -> None:
        self._heard = self._loop.time()
        self._reader.feed(data)
        try:
            while self.ended is None and (reply := self._reader.gets(False)) is not _MORE:
                self._received(reply)
        except _NotRedis as error:
            self.end(f"says what is not the protocol of Redis ({error})")

    def _received(self, reply: Any) -> None:
        if type(reply) is not hiredis.PushNotification or reply[0] in _SUBSCRIBED:
            if not self._waiting:  # as of one that has reached its limit of clients
                self.end(f"says: {reply}")
                return
            self._waiting.popleft()[1](reply)
        elif reply[0] in _UNSUBSCRIBED:
            self.end("has moved these channels to another node")
        else:
            self._pushed(reply[-1])

    def _flush(self) -> None:
        if self._unsent:
            self._transport.write(b"".join(self._unsent))
            self._unsent.clear()

    def _check_time(self) -> None:
        """End the connection when nothing has come for too long while a call waits; else look again when that would be."""
        late = self._loop.time() - self._due
        self._timer = None
        if not self._waiting:
            return
        due = max(self._waiting[0][0], self._heard) + REPLY_TIME
        if late > _LATE:  # this process did something else meanwhile: what has come is still to be read
            due = self._loop.time() + _LATE
        if due <= self._loop.time():
            self.end(f"has not answered for {REPLY_TIME:.0f} seconds")
        else:
            self._look_again(due)

    def _look_again(self, due: float) -> None:
        self._due = due
        self._timer = self._loop.call_at(due, self._check_time)
