"""A worker in one shard: its calls, what it hears of, and how it comes back after the connection was lost.

Whatever comes from the shard comes in one order, and is dealt with in it: answers, messages, deletions.  It waits where something
has to come first (`hold`): that the worker has joined, or that a subscription has been answered by other shards, too.
"""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol, TypeVar

from msgspec import Struct

from ...push.lifetimes import SLICE_INTERVAL
from ...push.messages import Message
from ...push.operations import Collect, CollectMessages, Forget, Recipient, Subscribe, Subscribed, Unsubscribe, ZoneOperation
from ...push.question import Clock
from ..zone.dialogue import BrokenStream, Deleted, Heard
from .connection import Command, RedisConnection, RedisLost, RedisRefused
from .followed import FollowedChannels
from .function import Function, digest, script, scripts
from .joining import Joiner, Missed, join
from .language import CallDone, Frame, Rejoin, Rejoined, ZoneEvent
from .nodes import Nodes
from .refusals import failure, has_lost_scripts, is_harmless, reason_of
from .shards import ShardPart
from .stream import ShardStream

R = TypeVar("R")

InSlices = Collect | CollectMessages | Forget
Done = Callable[[Any], None]
Send = Callable[[Command, Callable[[Any], None]], None]


class Owner(Protocol):
    """Whose attachment it is: the zone of a worker."""

    worker: str
    pid: int
    clock: Clock
    recipient: Recipient | None

    def no_memory(self, times: int) -> None:
        """So often something did not fit into the zone's memory."""

    def report(self, events: tuple[ZoneEvent, ...]) -> None:
        """Have these reported in the shard of the events channel."""

    def changed(self) -> None:
        """The connection was lost, or is back."""


class _Call(Struct, frozen=True):
    """A call that has no answer yet. timed: see Function.arguments."""

    part: ShardPart
    done: Done
    timed: bool


class Attachment:
    """See above. subscribe: the command for the worker's topic."""

    def __init__(self, owner: Owner, shard: int, function: Function, subscribe: str, nodes: Nodes) -> None:
        self.followed = FollowedChannels()
        self._owner = owner
        self._shard = shard
        self._function = function
        self._subscribe = subscribe
        self.stream = ShardStream(nodes, function.topic, self._join, self._received, owner.changed)
        self._numbers = itertools.count(1)
        self._calls: dict[int, _Call] = {}
        self._later: deque[Frame] = deque()
        self._holds = 0
        self._released = asyncio.Event()
        self._released.set()
        self._left: list[ShardPart] | None = None  # while it joins: what is to be said afterwards
        self._has_failed = False  # to join, the last time: what was missed may have been too much for a subscriber
        self._slices: set[InSlices] = set()

    # -- calls --------------------------------------------------------------------------------------------------------------

    def ask(self, part: ShardPart, done: Done, timed: bool = False) -> None:
        """Have a part done. `done` gets its result, or the exception to raise: ZoneAway or ZoneFailed."""
        if isinstance(part.operation, Unsubscribe):
            self.followed.leave(part.operation.channels, part.operation.clients)
        if self.stream.away is not None:
            if self._left is not None and isinstance(part.operation, Unsubscribe):
                self._left.append(part)
            done(failure(RedisLost(self.stream.away)))
            return
        self._call(self.stream.send, part, done, timed)

    def post(self, part: ShardPart) -> None:
        """Have it done, and wait for nothing. A shard that does not do it learns by `Rejoin` what subscribers there are."""
        self.ask(part, _ignore)

    async def wait_for(self, operation: ZoneOperation[R]) -> R | Exception:
        """Have an operation done in this shard. Returns its result, or what else would be raised."""
        waiting: asyncio.Future[R | Exception] = asyncio.get_running_loop().create_future()

        def done(result: R | Exception) -> None:
            if not waiting.done():
                waiting.set_result(result)

        self.ask(ShardPart(self._shard, operation, operation), done)
        return await waiting

    def do_slices(self, operation: InSlices, timed: bool = True) -> None:
        """Have something done that takes long, slice by slice. timed: only if it is due for the zone."""
        if operation not in self._slices and self.stream.away is None:
            self._slices.add(operation)
            self.ask(ShardPart(self._shard, operation, operation), partial(self._slice_done, operation, timed), timed)

    def _slice_done(self, operation: InSlices, timed: bool, result: Any) -> None:
        self._slices.discard(operation)
        if result is True:
            self._owner.clock.call_later(SLICE_INTERVAL, partial(self.do_slices, operation, timed))

    def _call(self, send: Send, part: ShardPart, done: Done, timed: bool = False) -> None:
        number = next(self._numbers)
        self._calls[number] = _Call(part, done, timed)
        command = (b"EVALSHA", digest(part.operation), *self._function.arguments(number, part, timed))
        send(command, partial(self._replied, number))

    def _call_by_text(self, number: int, call: _Call) -> None:
        command = (b"EVAL", script(call.part.operation), *self._function.arguments(number, call.part, call.timed))
        self.stream.send(command, partial(self._replied, number))

    def _replied(self, number: int, reply: Any) -> None:
        if not isinstance(reply, Exception):
            reply = self._received(reply)
        if reply is None:
            return
        call = self._calls[number]
        if isinstance(reply, RedisRefused) and has_lost_scripts(reply):
            self._call_by_text(number, call)
            return
        del self._calls[number]
        if isinstance(reply, RedisRefused) and (isinstance(call.part.operation, Unsubscribe) or not is_harmless(reply)):
            # Who has left is still counted, or the call was half done: to join again puts that right.
            self.stream.give_up(reason_of(reply))
        call.done(failure(reply))

    # -- what comes ---------------------------------------------------------------------------------------------------------

    def hold(self) -> None:
        """Let what comes wait until as many calls of `release`."""
        self._holds += 1
        self._released.clear()

    def release(self) -> None:
        """See `hold`."""
        self._holds -= 1
        if not self._holds:
            self._released.set()
            self._deal()

    def _received(self, payload: Any) -> RedisLost | None:
        """Take frames. Returns why the connection was given up, if they are none."""
        try:
            self._later.extend(self._function.frames(payload))
        except (BrokenStream, TypeError) as error:
            reason = f"says what is no answer of ngxpush ({error})"
            self.stream.give_up(reason)
            return RedisLost(reason)
        self._deal()
        return None

    def _deal(self) -> None:
        """Deal with what has come, up to a point where something else has to come first."""
        later = self._later
        while later and not self._holds:
            frame = later.popleft()
            match frame:
                case Heard(message):
                    if self.followed.is_new(message):
                        self._tell(message)
                case CallDone():
                    self._answered(frame)
                case Deleted(message):
                    self._end(message)

    def _answered(self, answer: CallDone) -> None:
        call = self._calls.pop(answer.number, None)
        if answer.failures:
            self._owner.no_memory(answer.failures)
        if answer.events:
            self._owner.report(answer.events)
        if call is None:
            return
        result = answer.result
        if isinstance(call.part.operation, Subscribe):
            for position in answer.positions:
                self.followed.follow(position)
            if call.part.first and isinstance(result, Subscribed) and result.staying:
                self.followed.clients += 1
        call.done(result)

    def _tell(self, message: Message) -> None:
        if self._owner.recipient is not None:
            self._owner.recipient.message(message)

    def _end(self, message: Message) -> None:
        if self.followed.end(message.channel) and self._owner.recipient is not None:
            self._owner.recipient.deleted(message)

    # -- joining ------------------------------------------------------------------------------------------------------------

    async def _join(self, connection: RedisConnection) -> None:
        """Make a new connection ready (stream.Join): what was missed is given to the worker, then what has come meanwhile."""
        await self._released.wait()
        self.hold()
        self._left = []
        try:
            missed = await self._catch_up(connection)
            for message in missed.messages:
                if message.channel in self.followed:
                    self._tell(message)
            for message in missed.deleted:
                self._end(message)
            for position in missed.positions:
                self.followed.go_on(position)
        except BaseException:
            self._later.clear()
            self._has_failed = True
            raise
        finally:
            self.release()
            left, self._left = self._left, None
        self._has_failed = False
        for part in left:
            self._call(connection.send, part, _ignore)

    async def _catch_up(self, connection: RedisConnection) -> Missed:
        """Begin a session. From the subscription on nothing is missed: what is heard waits until the worker has joined."""
        self._function.session += 1
        joiner = Joiner(self._owner.worker, self._owner.pid, self.followed.clients, self.followed.held())

        async def rejoin(operation: Rejoin) -> Rejoined:
            return await self._rejoin(connection, operation)

        async def subscribe() -> None:
            await connection.ask(self._subscribe, self._function.topic)

        await load_scripts(connection)
        return await join(joiner, rejoin, subscribe, twice=self._has_failed)

    async def _rejoin(self, connection: RedisConnection, operation: Rejoin) -> Rejoined:
        part = ShardPart(self._shard, operation, operation)
        reply = await connection.ask("EVALSHA", digest(operation), *self._function.arguments(next(self._numbers), part))
        rejoined: Rejoined | None = None
        try:
            for frame in self._function.frames(reply):
                if isinstance(frame, CallDone) and isinstance(frame.result, Rejoined):
                    rejoined = frame.result
                else:
                    self._later.append(frame)
        except (BrokenStream, TypeError) as error:
            raise RedisLost(f"says what is no answer of ngxpush ({error})") from error
        if rejoined is None:
            raise RedisLost("says what is no answer of ngxpush")
        return rejoined


async def load_scripts(connection: RedisConnection) -> None:
    """Give the function to a server. Raises RedisRefused and RedisLost."""
    for text in scripts():
        await connection.ask("SCRIPT", "LOAD", text)


def _ignore(result: Any) -> None:
    """The result of a call that no one waits for."""
