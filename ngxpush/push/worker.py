"""The subscribers of this process: who is to be told of a message, and the telling.

`Worker.message` is the hottest path of the program: a message is encoded once for each `Delivery` of its channel, then each
subscriber costs one call of its `write` with the same bytes object.  Nothing else happens per subscriber: no timer is restarted,
nothing is allocated. A ping timer that expires looks then when its channels had their last message.
"""

from __future__ import annotations

from functools import partial
from typing import Protocol

from ..config.directives.push_stream.padding import Padding
from ..config.directives.push_stream.settings import PushStreamLocation, PushStreamMain
from .delivery import Delivery, Write, repeated
from .padding import Paddings
from .question import Clock, Encoding, Runner
from .shared import Message, SharedZone
from .templates import Templates


class Client(Protocol):
    """A subscriber, of whichever mode. `channels`: those it is subscribed to, in its order, twice where it named one twice."""

    channels: tuple[bytes, ...]

    def end(self) -> None:
        """End the answer as at its time (connection ttl): at a stop or reload."""


class Stream(Client, Protocol):
    """A subscriber that gets every message by `write`, encoded by its `delivery`."""

    @property
    def delivery(self) -> Delivery: ...

    @property
    def write(self) -> Write: ...


class Waiting(Client, Protocol):
    """A long-polling subscriber: the first message is its answer."""

    def message(self, message: Message) -> None: ...


class Channel:
    """The subscribers of one channel in this process.

    last_message: when it was last told a message, seconds since the epoch.
    """

    __slots__ = ("groups", "last_message", "waiting")

    def __init__(self) -> None:
        self.last_message = 0.0
        self.groups: dict[Delivery, dict[Stream, Write]] = {}
        self.waiting: dict[Waiting, None] = {}


class Worker:
    """The registry channel → subscribers. It is the zone's Listener.

    zone: the zone as handlers use it; replaced at a reload.  subscribers: how many clients are subscribed here.
    run: drives a coroutine nobody waits for.
    """

    __slots__ = ("_channels", "_deliveries", "clock", "main", "paddings", "pid", "run", "subscribers", "templates", "zone")

    def __init__(
        self,
        pid: int,
        main: PushStreamMain,
        templates: Templates,
        paddings: Paddings,
        zone: SharedZone,
        clock: Clock,
        run: Runner,
    ) -> None:
        self.pid = pid
        self.main = main
        self.templates = templates
        self.paddings = paddings
        self.zone = zone
        self.clock = clock
        self.run = run
        self.subscribers = 0
        self._channels: dict[bytes, Channel] = {}
        self._deliveries: dict[tuple[int, Encoding, Padding | None], tuple[PushStreamLocation, Delivery]] = {}

    def delivery(self, settings: PushStreamLocation, encoding: Encoding, padding: Padding | None = None) -> Delivery:
        """The delivery of a location's subscribers with that encoding and padding: always the same object."""
        key = (id(settings), encoding, padding)
        known = self._deliveries.get(key)
        if known is None:
            delivery = Delivery(settings, self.templates.of(settings), encoding, self.paddings, padding)
            known = self._deliveries[key] = (settings, delivery)
        return known[1]

    def add_stream(self, client: Stream) -> None:
        """Tell `client` the messages of its channels from now on."""
        for name in dict.fromkeys(client.channels):
            times = client.channels.count(name)
            group = self._channel(name).groups.setdefault(client.delivery, {})
            group[client] = client.write if times == 1 else repeated(client.write, times)
        self.subscribers += 1

    def add_waiting(self, client: Waiting) -> None:
        """Tell `client` the next message of any of its channels."""
        for name in client.channels:
            self._channel(name).waiting[client] = None
        self.subscribers += 1

    def remove_stream(self, client: Stream) -> None:
        """Forget a client, here and in the zone. To be called once."""
        for name, channel in self._known(client):
            group = channel.groups[client.delivery]
            del group[client]
            if not group:
                del channel.groups[client.delivery]
            self._drop_if_empty(name, channel)
        self._left(client)

    def remove_waiting(self, client: Waiting) -> None:
        """Forget a client, here and in the zone. To be called once."""
        for name, channel in self._known(client):
            del channel.waiting[client]
            self._drop_if_empty(name, channel)
        self._left(client)

    def last_message(self, channels: tuple[bytes, ...]) -> float:
        """When the last message on any of the channels was told here, seconds since the epoch; 0 for never."""
        return max((self._channels[name].last_message for name in channels), default=0.0)

    def message(self, message: Message) -> None:
        """Tell the subscribers of its channel a new message."""
        channel = self._channels.get(message.channel)
        if channel is None:
            return
        channel.last_message = self.clock.now()
        # Copies: a client may leave, or come, while it is told.
        for delivery, group in tuple(channel.groups.items()):
            payload = delivery.encode(message)
            if payload:
                for write in tuple(group.values()):
                    write(payload)
        for client in tuple(channel.waiting):
            client.message(message)

    def deleted(self, message: Message) -> None:
        """The channel is gone: tell its subscribers, and end those that have no other.

        They end a moment later, behind the request that deletes: access logs show so.
        """
        channel = self._channels.pop(message.channel, None)
        if channel is None:
            return
        for delivery, group in channel.groups.items():
            payload = delivery.encode(message)
            for client, write in tuple(group.items()):
                if payload:
                    write(payload)
                _lose(client, message.channel)
                if not client.channels:
                    self.clock.call_later(0, client.end)
        for waiting in tuple(channel.waiting):
            _lose(waiting, message.channel)
            self.clock.call_later(0, partial(waiting.message, message))

    def end_all(self) -> None:
        """End every subscriber as its time does: the worker stops or its configuration is replaced (reference section 9)."""
        clients: dict[Client, None] = {}
        for channel in self._channels.values():
            for group in channel.groups.values():
                clients.update(dict.fromkeys(group))
            clients.update(dict.fromkeys(channel.waiting))
        for client in clients:
            client.end()

    def _channel(self, name: bytes) -> Channel:
        channel = self._channels.get(name)
        if channel is None:
            channel = self._channels[name] = Channel()
        return channel

    def _known(self, client: Client) -> list[tuple[bytes, Channel]]:
        return [(name, self._channels[name]) for name in dict.fromkeys(client.channels)]

    def _drop_if_empty(self, name: bytes, channel: Channel) -> None:
        if not channel.groups and not channel.waiting:
            del self._channels[name]

    def _left(self, client: Client) -> None:
        self.subscribers -= 1
        channels, client.channels = client.channels, ()
        self.zone.unsubscribe(channels)


def _lose(client: Client, name: bytes) -> None:
    client.channels = tuple([channel for channel in client.channels if channel != name])


__all__ = ["Channel", "Client", "Stream", "Waiting", "Worker"]
