"""Subscribers in a test."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import aclosing
from typing import TYPE_CHECKING

from ..config.directives.push_stream.settings import SubscriberMode
from ..dates import format_http_date
from .control import WayTo
from .loop_thread import LoopThread
from .server_process import ServerProcess

if TYPE_CHECKING:
    from ..client import ReceivedMessage, ResumePoint

# Seconds between two questions whether the server counts a subscriber: each is answered when it has nothing else to do.
_PAUSE = 0.002

# Seconds between two polls.
_INTERVAL = 0.02

# Seconds a message may take to come.
_PATIENCE = 10.0

_NUMBERS = itertools.count(1)


class SubscriptionEnded(Exception):
    """The server has ended a subscriber: no more messages come."""


class AsyncSubscription:
    """A subscriber, for tests with an event loop. Subscription says what its methods do; here they are awaited."""

    def __init__(self, way: WayTo, headers: Mapping[str, str], start: ResumePoint | None, ping: bytes) -> None:
        self._ping = ping
        self._answered = False
        # None after the last message.
        self._came: asyncio.Queue[ReceivedMessage | None] = asyncio.Queue()
        self._receiving = asyncio.create_task(self._receive(way, headers, start))

    async def next(self, timeout: float = _PATIENCE) -> ReceivedMessage:
        """See Subscription.next."""
        try:
            # Before Python 3.12 one that is there already does not come within 0 seconds.
            waits = self._came.empty()
            message = await asyncio.wait_for(self._came.get(), timeout) if waits else self._came.get_nowait()
        except TimeoutError:
            raise TimeoutError(f"no message has come within {timeout} seconds") from None
        if message is None:
            self._came.put_nowait(None)
            self._receiving.result()
            raise SubscriptionEnded("the server has ended this subscriber")
        return message

    def __aiter__(self) -> AsyncIterator[ReceivedMessage]:
        return self

    async def __anext__(self) -> ReceivedMessage:
        try:
            return await self.next()
        except SubscriptionEnded:
            raise StopAsyncIteration from None

    async def _receive(self, way: WayTo, headers: Mapping[str, str], start: ResumePoint | None) -> None:
        from ..client import open_session
        from ..client import subscribe as receive
        from ..client.answer_mode import is_polling

        try:
            mode = SubscriberMode(way.role)
            async with (
                open_session(insecure=True, headers=headers) as session,
                aclosing(
                    receive(
                        way.url,
                        mode,
                        start=start,
                        template=_template(way),
                        resume=is_polling(mode),  # others are ended by the server for a reason
                        interval=_INTERVAL,
                        session=session,
                        opened=self._has_answer,
                    )
                ) as messages,
            ):
                async for message in messages:
                    if message.id is None and message.data == self._ping:
                        continue  # a template with ~id~ would have said so
                    self._came.put_nowait(message)
        finally:
            self._came.put_nowait(None)

    def _has_answer(self, mode: SubscriberMode) -> None:
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
        await asyncio.gather(self._receiving, return_exceptions=True)


class Subscription:
    """A subscriber. Iterating over it gives its messages until the server ends it."""

    def __init__(self, subscription: AsyncSubscription, loop: LoopThread) -> None:
        self._async = subscription
        self._loop = loop

    def next(self, timeout: float = _PATIENCE) -> ReceivedMessage:
        """The next message. timeout: seconds to wait for it.

        Raises TimeoutError, and SubscriptionEnded when the server has ended the subscriber and no message is left.
        """
        return self._loop.run(self._async.next(timeout))

    def __iter__(self) -> Iterator[ReceivedMessage]:
        return self

    def __next__(self) -> ReceivedMessage:
        try:
            return self.next()
        except SubscriptionEnded:
            raise StopIteration from None


async def begin(process: ServerProcess, way: WayTo, channel: str, headers: Mapping[str, str]) -> AsyncSubscription:
    """Subscribe. It has begun when the server counts the subscriber; the caller closes it."""
    # The server knows this subscriber by its name.
    user_agent = " ".join([*_user_agent(headers), f"ngxpush.testing/{next(_NUMBERS)}"])
    host = {} if way.host is None else {"Host": way.host}
    from ..client.resume_point import taken_from  # it takes long to load

    start, fields = taken_from(headers)
    others = {name: value for name, value in fields.items() if name.lower() != "user-agent"}
    if start is None and way.role == "polling":
        start = await asyncio.to_thread(_now, process, channel)
    subscription = AsyncSubscription(way, {**host, **others, "User-Agent": user_agent}, start, process.ping)
    try:
        await subscription.begun(process, channel, user_agent)
    except BaseException:
        await subscription.close()
        raise
    return subscription


def _template(way: WayTo) -> bytes | None:
    """What messages look like; None where that is not known. An event has the lines of a template without their ends."""
    if way.template is None or b"~text~" not in way.template.lower():
        return None
    return way.template.rstrip(b"\r\n") if way.role == "eventsource" else way.template


def _now(process: ServerProcess, channel: str) -> ResumePoint:
    """The point from which the first poll gets what comes from now on; without one it gets nothing, and learns no time."""
    from ..client.resume_point import ResumePoint, since

    stored = process.messages(channel)
    if not stored:
        return since(0)
    return ResumePoint(format_http_date(stored[-1].time).decode(), str(stored[-1].tag))


def _user_agent(headers: Mapping[str, str]) -> list[str]:
    return [value for name, value in headers.items() if name.lower() == "user-agent"]
