"""A server for tests that have an event loop of asyncio."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from .control import ChannelCounts, PublishedMessage
from .server_process import ServerProcess
from .subscription import AsyncSubscription, begin


class AsyncLiveServer:
    """A server that runs while a test does, on 127.0.0.1. LiveServer says what each of its methods does; here they are awaited.

    While one waits, the event loop goes on: the server may ask an application that runs in it.
    """

    def __init__(self, process: ServerProcess) -> None:
        self._process = process

    @property
    def urls(self) -> dict[str, str]:
        """See LiveServer.urls."""
        return self._process.urls

    @property
    def url(self) -> str:
        """See LiveServer.url."""
        return self._process.url

    @property
    def modes(self) -> tuple[str, ...]:
        """See LiveServer.modes."""
        return self._process.modes

    @property
    def log(self) -> str:
        """See LiveServer.log."""
        return self._process.log

    async def publish(
        self,
        channel: str,
        message: str | bytes,
        *,
        event_id: str | None = None,
        event_type: str | None = None,
        url: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """See LiveServer.publish."""
        way = await asyncio.to_thread(self._process.publisher, channel, url)
        from ..client import open_session, publish  # they take long to load

        host = {} if way.host is None else {"Host": way.host}
        async with open_session(insecure=True, headers={**host, **(headers or {})}) as session:
            await publish(way.url, message, event_id=event_id, event_type=event_type, session=session)

    @asynccontextmanager
    async def subscribe(
        self, channel: str, mode: str | None = None, *, url: str | None = None, headers: Mapping[str, str] | None = None
    ) -> AsyncIterator[AsyncSubscription]:
        """See LiveServer.subscribe."""
        way = await asyncio.to_thread(self._process.subscriber, mode, channel, url)
        subscription = await begin(self._process, way, channel, headers or {})
        try:
            yield subscription
        finally:
            await subscription.close()

    async def channels(self) -> dict[str, ChannelCounts]:
        """See LiveServer.channels."""
        return await asyncio.to_thread(self._process.channels)

    async def messages(self, channel: str) -> list[PublishedMessage]:
        """See LiveServer.messages."""
        return await asyncio.to_thread(self._process.messages, channel)

    async def published(self, channel: str | None = None) -> list[PublishedMessage]:
        """See LiveServer.published."""
        return await asyncio.to_thread(self._process.published, channel)

    async def advance(self, seconds: float) -> None:
        """See LiveServer.advance."""
        await asyncio.to_thread(self._process.advance, seconds)

    async def expire(self) -> float:
        """See LiveServer.expire."""
        return await asyncio.to_thread(self._process.advance, None)
