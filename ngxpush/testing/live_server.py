"""A server for tests, to be used from any thread."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from .async_live_server import AsyncLiveServer
from .control import ChannelCounts, PublishedMessage
from .loop_thread import LoopThread
from .server_process import ServerProcess
from .subscription import Subscription, begin


class LiveServer:
    """A server that runs while a test does, on 127.0.0.1. Each port of the configuration is a free one here.

    Its clock goes on as all clocks do, and a test can move it forward: it stays ahead of this machine's from then on.
    """

    def __init__(self, process: ServerProcess, loop: LoopThread) -> None:
        self._process = process
        self._async = AsyncLiveServer(process)
        self._loop = loop

    @property
    def in_event_loop(self) -> AsyncLiveServer:
        """The same server, to be awaited in an event loop of asyncio."""
        return self._async

    @property
    def urls(self) -> dict[str, str]:
        """The URL of each address, by how the configuration has it: `80`, `127.0.0.1:8080`, `[::]:80`, `unix:/path`.

        `listen 80` and `listen 0.0.0.0:80` are both `80`.  The URL of a unix socket is `unix:` and its path here.
        For any other address there is a KeyError that names these.
        """
        return self._process.urls

    @property
    def url(self) -> str:
        """The URL of the first address, without a slash at its end: `http://127.0.0.1:41235`. Empty where there is none."""
        return self._process.url

    @property
    def modes(self) -> tuple[str, ...]:
        """The modes of all subscriber locations: `streaming`, `polling`, `long-polling`, `eventsource`, `websocket`."""
        return self._process.modes

    @property
    def log(self) -> str:
        """All that the server has logged: its error logs and access logs, in their order, whatever files they are.

        Requests have the time of the server's clock, lines of error logs that of this machine.
        """
        return self._process.log

    def publish(
        self,
        channel: str,
        message: str | bytes,
        *,
        event_id: str | None = None,
        event_type: str | None = None,
        url: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Publish a message by the configuration's first publisher location for the channel.

        url: the path, or the whole URL, of a publisher location; needed only where it does not follow from the configuration.
        headers: more fields of the request, such as Authorization.
        Raises NoLocation, and what ngxpush.client.publish raises: UnexpectedAnswer for any status but one of success.
        """
        self._loop.run(self._async.publish(channel, message, event_id=event_id, event_type=event_type, url=url, headers=headers))

    @contextmanager
    def subscribe(
        self, channel: str, mode: str | None = None, *, url: str | None = None, headers: Mapping[str, str] | None = None
    ) -> Iterator[Subscription]:
        """Subscribe to a channel while the block lasts, by the configuration's first subscriber location of that mode.

        When the block begins, the server counts the subscriber: what is published from then on comes.
        mode: one of `modes`; None: that of the first location for the channel.
        url, headers: see `publish`. Last-Event-ID or If-Modified-Since ask for stored messages.
        Raises NoLocation, and what ngxpush.client.subscribe raises: UnexpectedAnswer, WrongMode.
        """
        way = self._process.subscriber(mode, channel, url)
        subscription = self._loop.run(begin(self._process, way, channel, headers or {}))
        try:
            yield Subscription(subscription, self._loop)
        finally:
            if not self._loop.has_ended:  # its end is that of all subscribers
                self._loop.run(subscription.close())

    def channels(self) -> dict[str, ChannelCounts]:
        """The channels there are now, by their ids."""
        return self._process.channels()

    def messages(self, channel: str) -> list[PublishedMessage]:
        """The messages that are stored in the channel now, the oldest first."""
        return self._process.messages(channel)

    def published(self, channel: str | None = None) -> list[PublishedMessage]:
        """All messages since the start, stored or not, in the channel or in all of them, the oldest first.

        Raises ChannelsElsewhere where Redis has the channels.
        """
        return self._process.published(channel)

    def advance(self, seconds: float) -> None:
        """Move the server's clock forward. When it returns, all that is due by then has happened, in its order.

        Messages and channels are gone whose time has passed, pings are sent, subscribers whose time is up have their end.
        Redis has a clock of its own, which stays as it is.
        """
        self._process.advance(seconds)

    def expire(self) -> float:
        """Move the clock past push_stream_message_ttl: no message stored now is left. Returns by how many seconds.

        Raises ChannelsElsewhere where Redis has the channels.
        """
        return self._process.advance(None)
