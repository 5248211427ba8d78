"""Measuring a server: subscribers that all hear the same messages, and a publisher.

Both are in this process, so a latency contains what this process takes to read: it is an upper limit, and comparable between
servers that are measured in the same way.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections.abc import Callable

import aiohttp
from msgspec import Struct

from ..config.directives.push_stream.settings import SubscriberMode
from .deliveries import Deliveries, Marks, Measured
from .failures import FAILURES, NotReached, UnexpectedAnswer
from .publishing import channel_info, publish
from .subscribing import subscribe

# Seconds between two looks at how far it is, how long subscribers have to come, and how long after the last delivery all others
# count as lost.
_LOOK, _COMING, _QUIET = 0.05, 30.0, 3.0


class Load(Struct, frozen=True):
    """What to measure. rate: messages per second; None: the next one when the server has answered.  size: bytes of a message."""

    publisher: str
    subscriber: str
    mode: str | None
    subscribers: int
    messages: int
    rate: float | None
    size: int


async def measure(load: Load, session: aiohttp.ClientSession, progress: Callable[[int], None]) -> Measured:
    """Measure. progress: called with how many deliveries came since the last call.

    Raises what `subscribe` and `publish` raise.
    """
    measurement = _Measurement(load, session)
    await measurement.begin()
    tasks = [asyncio.create_task(measurement.listen(number)) for number in range(load.subscribers)]
    watch = asyncio.create_task(measurement.watch(progress))
    try:
        await measurement.until_all_listen(tasks)
        return await measurement.measured(tasks)
    finally:
        for task in (*tasks, watch):
            task.cancel()
        await asyncio.gather(*tasks, watch, return_exceptions=True)


class _Measurement:
    """One run.

    _listening: the subscribers that the server has answered, with their location's mode.  _last: when it last went on.
    """

    def __init__(self, load: Load, session: aiohttp.ClientSession) -> None:
        self._load = load
        self._session = session
        self._marks = Marks(b"m%b" % secrets.token_hex(6).encode())
        self._deliveries = Deliveries(load.subscribers, load.messages)
        self._listening: dict[int, SubscriberMode] = {}
        self._last = 0.0

    async def begin(self) -> None:
        """Publish a message that does not count: some channels have to exist before they are subscribed to."""
        text = self._marks.text(self._load.messages, 0, 0)
        await publish(self._load.publisher, text, session=self._session)

    async def listen(self, number: int) -> None:
        """Be a subscriber."""
        load, marks, add = self._load, self._marks, self._deliveries.add
        messages = subscribe(
            load.subscriber,
            load.mode,
            interval=_LOOK,
            session=self._session,
            opened=lambda mode: self._listening.update({number: mode}),
        )
        async with contextlib.aclosing(messages):
            async for message in messages:
                now = time.perf_counter_ns()
                for place, sent in marks.found(message.data):
                    if add(number, place, (now - sent) / 1e9):
                        self._last = now / 1e9

    async def watch(self, progress: Callable[[int], None]) -> None:
        """Report how far it is."""
        before = 0
        while True:
            await asyncio.sleep(_LOOK)
            progress(self._deliveries.received - before)
            before = self._deliveries.received

    async def until_all_listen(self, tasks: list[asyncio.Task[None]]) -> None:
        """Wait until the server has all subscribers: it says so, or it has answered them all."""
        deadline = time.monotonic() + _COMING
        while len(self._listening) < self._load.subscribers and await self._known() < self._load.subscribers:
            _raise_failure(tasks)
            if time.monotonic() > deadline:
                raise NotReached(
                    self._load.subscriber,
                    f"only {len(self._listening)} of {self._load.subscribers} subscribers are answered after {_COMING:.0f} s",
                )
            await asyncio.sleep(_LOOK)

    async def _known(self) -> int:
        """How many subscribers the server says the channel has; 0 where it says nothing."""
        with contextlib.suppress(UnexpectedAnswer):
            return (await channel_info(self._load.publisher, session=self._session)).subscribers or 0
        return 0

    async def measured(self, tasks: list[asyncio.Task[None]]) -> Measured:
        """Publish, wait for what is still on its way, and count."""
        load, deliveries = self._load, self._deliveries
        began = self._last = time.perf_counter()
        for number in range(load.messages):
            if load.rate is not None:
                await asyncio.sleep(max(0.0, began + number / load.rate - time.perf_counter()))
            try:
                text = self._marks.text(number, time.perf_counter_ns(), load.size)
                await publish(load.publisher, text, session=self._session)
            except FAILURES:
                deliveries.refuse(number)
        self._last = max(self._last, time.perf_counter())
        while deliveries.lost and time.perf_counter() < self._last + _QUIET:
            _raise_failure(tasks)
            await asyncio.sleep(_LOOK)
        await asyncio.sleep(_LOOK)  # what comes twice comes soon
        return Measured(
            mode=load.mode or next((mode.value for mode in self._listening.values()), ""),
            subscribers=load.subscribers,
            published=load.messages - deliveries.refused,
            failed=deliveries.refused,
            seconds=self._last - began,
            received=deliveries.received,
            lost=deliveries.lost,
            duplicates=deliveries.duplicates,
            latencies=deliveries.percentiles(),
        )


def _raise_failure(tasks: list[asyncio.Task[None]]) -> None:
    """Raise what a subscriber failed with. None ends otherwise, unless its channel is deleted."""
    for task in tasks:
        if task.done():
            task.result()
