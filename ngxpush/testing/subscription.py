"""Subscribers in a test."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from email.utils import formatdate

from .control import WayTo
from .loop_thread import LoopThread
from .receiving import Received, receive
from .server_process import ServerProcess

# Seconds between two questions whether the server counts a subscriber: each is answered when it has nothing else to do.
_PAUSE = 0.002

# Seconds a message may take to come.
_PATIENCE = 10.0

_NUMBERS = itertools.count(1)


class SubscriptionEnded(Exception):
    """The server has ended a subscriber: no more messages come."""


class AsyncSubscription:
    """A subscriber, for tests with an event loop. Subscription says what its methods do; here they are awaited."""

    def __init__(self, way: WayTo, headers: Mapping[str, str]) -> None:
        self._answered = False
        # None after the last message.
        self._came: asyncio.Queue[Received | None] = asyncio.Queue()
        self._receiving = asyncio.create_task(self._receive(way, headers))

    async def next(self, timeout: float = _PATIENCE) -> Received:
        """See Subscription.next."""
        try:
            message = await asyncio.wait_for(self._came.get(), timeout)
        except TimeoutError:
            raise TimeoutError(f"no message has come within {timeout} seconds") from None
        if message is None:
            self._came.put_nowait(None)
            self._receiving.result()
            raise SubscriptionEnded("the server has ended this subscriber")
        return message

    def __aiter__(self) -> AsyncIterator[Received]:
        return self

    async def __anext__(self) -> Received:
        try:
            return await self.next()
        except SubscriptionEnded:
            raise StopAsyncIteration from None

    async def _receive(self, way: WayTo, headers: Mapping[str, str]) -> None:
        try:
            async for message in receive(way, headers, self._has_answer):
                self._came.put_nowait(message)
        finally:
            self._came.put_nowait(None)

    def _has_answer(self) -> None:
        self._answered = True

    async def begun(self, process: ServerProcess, channel: str, user_agent: str) -> None:
        """Wait until the server counts the subscriber, or has answered it."""
        while self._came.empty() and not self._answered:
            if await asyncio.to_thread(process.has_subscriber, channel, user_agent):
                return
            await asyncio.sleep(_PAUSE)
        if self._receiving.done():
            self._receiving.result()

    async def close(self) -> None:
        """Leave the channel."""
        self._receiving.cancel()
        await asyncio.wait({self._receiving})


class Subscription:
    """A subscriber. Iterating over it gives its messages until the server ends it."""

    def __init__(self, subscription: AsyncSubscription, loop: LoopThread) -> None:
        self._async = subscription
        self._loop = loop

    def next(self, timeout: float = _PATIENCE) -> Received:
        """The next message. timeout: seconds to wait for it.

        Raises TimeoutError, and SubscriptionEnded when the server has ended the subscriber and no message is left.
        """
        return self._loop.run(self._async.next(timeout))

    def __iter__(self) -> Iterator[Received]:
        return self

    def __next__(self) -> Received:
        try:
            return self.next()
        except SubscriptionEnded:
            raise StopIteration from None


@asynccontextmanager
async def subscribe(
    process: ServerProcess, way: WayTo, channel: str, headers: Mapping[str, str]
) -> AsyncIterator[AsyncSubscription]:
    """Subscribe while the block lasts. It begins when the server counts the subscriber."""
    # The server knows this subscriber by its name.
    user_agent = " ".join([*_user_agent(headers), f"ngxpush.testing/{next(_NUMBERS)}"])
    host = {} if way.host is None else {"Host": way.host}
    others = {name: value for name, value in headers.items() if name.lower() != "user-agent"}
    since = await asyncio.to_thread(_from_now, process, channel) if way.role == "polling" else {}
    subscription = AsyncSubscription(way, {**host, **since, **others, "User-Agent": user_agent})
    try:
        await subscription.begun(process, channel, user_agent)
        yield subscription
    finally:
        await subscription.close()


def _from_now(process: ServerProcess, channel: str) -> dict[str, str]:
    """The fields with which the first poll gets what comes from now on; without them it gets nothing, and learns no time."""
    last = next(reversed(process.published(channel)), None)
    time, tag = (0, 0) if last is None else (last.time, last.tag)
    return {"If-Modified-Since": formatdate(time, usegmt=True), "If-None-Match": str(tag)}


def _user_agent(headers: Mapping[str, str]) -> list[str]:
    return [value for name, value in headers.items() if name.lower() == "user-agent"]
