"""The zone: what all workers share. Channels, messages, counters, memory.

Every operation is whole: one call, one answer, no state between two calls. So it does not matter whether the zone lives in this
process or behind a socket. The time (whole seconds) is passed in and nothing is left to chance: the operations in `OPERATIONS`,
applied again in the same order to a zone of the same settings, give the same zone. Those who keep a journal write down each
(operation, arguments) and replay it with `Zone.apply`; `snapshot` and `restore` spare them the beginning.
Names and numbers are the module's; sources: reference sections 2 to 8, recordings push_publish.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..config.directives.push_stream.settings import PushStreamMain
from .channels import Channel
from .checks import is_wildcard, subscription_refusal
from .events import CHANNEL_CREATED, CHANNEL_DESTROYED, CLIENT_SUBSCRIBED, CLIENT_UNSUBSCRIBED, event_text
from .lifetimes import Trash
from .memory import FIRST_MESSAGE, SUBSCRIBERS_OF_WORKER, Memory, channel_sizes, message_sizes
from .news import News
from .shared import (
    DELETED_ID,
    ChannelInfo,
    Listener,
    Listing,
    Message,
    Refusal,
    Stay,
    Subscribed,
    Subscription,
    Summary,
    Templates,
    WorkerInfo,
)

OPERATIONS = frozenset(
    {"attach", "forget", "create", "publish", "subscribe", "unsubscribe", "delete", "collect", "collect_messages"}
)
"""What changes a zone. Arguments and results can be pickled; the last argument is the time."""

QUERIES = frozenset({"channels_info", "channels", "summary"})
"""What only asks; of the same form. A journal needs none of it."""

_TOO_MANY_CHANNELS = Refusal(403, b"Number of channels were exceeded.", "number of channels were exceeded")
_NO_MEMORY_FOR_CHANNEL = Refusal(500, b"", "unable to allocate memory for new channel")
_NO_MEMORY_FOR_MESSAGE = Refusal(500, b"", "unable to allocate message in shared memory")
_NO_MEMORY_FOR_SUBSCRIPTION = Refusal(500, b"", "unable to allocate subscription in shared memory")


class _Worker:
    """What the zone knows of a worker: when it started, and how many clients are subscribed in it."""

    __slots__ = ("started", "subscribers")

    def __init__(self, started: int, subscribers: int = 0) -> None:
        self.started = started
        self.subscribers = subscribers


class Zone:
    """The channels of one http block.

    `listeners` are not part of its data: whoever applies operations puts them there, before `attach` or at any time after it.
    """

    def __init__(self, settings: PushStreamMain, templates: Templates, now: int) -> None:
        self._news = News()
        self._settings = settings
        self._events_id: bytes | None = None
        self._templates = templates
        self._memory = Memory(settings.shared_memory_size or 0)
        self._started = now
        self._time = 0
        self._tag = 0
        self._published = 0
        self._stored = 0
        self._channels: dict[bytes, Channel] = {}
        self._wildcards = 0
        self._deleted: list[Channel] = []
        self._trash = Trash()
        self._workers: dict[int, _Worker] = {}
        self._add_events_channel(now)

    @property
    def listeners(self) -> dict[int, Listener]:
        """The workers that are told, by pid; to be changed in place."""
        return self._news.listeners

    # -- workers ------------------------------------------------------------------------------------------------------------

    def attach(self, pid: int, now: int) -> None:
        """A worker has started."""
        self._workers[pid] = _Worker(now)

    def forget(self, pid: int, now: int) -> None:
        """A worker is gone, and its subscribers with it. No event tells of them."""
        self._workers.pop(pid, None)
        self.listeners.pop(pid, None)
        for channel in self._channels.values():
            if channel.subscribers.pop(pid, 0):
                self._memory.give(SUBSCRIBERS_OF_WORKER)

    # -- publishing ---------------------------------------------------------------------------------------------------------

    def has(self, ids: tuple[bytes, ...]) -> bool:
        """Whether all these channels exist."""
        return all(id in self._channels for id in ids)

    def create(self, ids: tuple[bytes, ...], now: int) -> Refusal | None:
        """See SharedZone.create."""
        refusal = None
        for id in ids:
            made = self._channels.get(id) or self._create(id, now)
            if isinstance(made, Refusal):
                refusal = made
                break
        self._news.tell()
        return refusal

    def publish(
        self, ids: tuple[bytes, ...], text: bytes, store: bool, event_id: bytes | None, event_type: bytes | None, now: int
    ) -> tuple[ChannelInfo, ...] | Refusal:
        """See SharedZone.publish."""
        refusal = None
        channels: list[Channel] = []
        for id in ids:
            channel = self._channels.get(id) or self._create(id, now)
            if isinstance(channel, Refusal):
                refusal = channel
                break
            if self._publish(channel, text, store, event_id, event_type, now) is None:
                refusal = _NO_MEMORY_FOR_MESSAGE
                break
            channels.append(channel)
        infos = tuple([channel.info for channel in channels])
        self._news.tell()
        return refusal or infos

    def _create(self, id: bytes, now: int) -> Channel | Refusal:
        settings = self._settings
        wildcard = is_wildcard(id, settings)
        if wildcard:
            count, limit = self._wildcards, settings.max_number_of_wildcard_channels
        else:
            count, limit = len(self._channels) - self._wildcards, settings.max_number_of_channels
        if limit is not None and count >= limit:
            return _TOO_MANY_CHANNELS
        if not self._memory.take(channel_sizes(id)):
            return _NO_MEMORY_FOR_CHANNEL
        channel = self._channels[id] = Channel(id, wildcard, now + settings.channel_inactivity_time)
        self._wildcards += wildcard
        self._event(CHANNEL_CREATED, id, now)
        return channel

    def _publish(
        self, channel: Channel, text: bytes, store: bool, event_id: bytes | None, event_type: bytes | None, now: int
    ) -> Message | None:
        """A new message of the channel, counted and stored; None when there is no memory for it."""
        if now != self._time:
            self._time = now
            self._tag = 0
        message = Message(channel.published + 1, channel.id, text, now, self._tag + 1, event_id, event_type)
        message.texts = self._templates.texts(message)
        sizes = message_sizes(message)
        if not self._memory.take(sizes):
            return None
        settings = self._settings
        counted = channel.id != self._events_id
        if not self._published and counted:
            self._memory.take(FIRST_MESSAGE)
        self._tag += 1
        self._published += counted
        channel.published += 1
        channel.idle_until = now + settings.channel_inactivity_time
        if store:
            channel.stored.append(message)
            self._stored += counted
            limit = settings.max_messages_stored_per_channel
            while limit is not None and len(channel.stored) > limit:
                self._throw_away(channel, now)
        else:
            self._trash.add_message(sizes, now)
        self._news.add(channel, message)
        return message

    def _event(self, event_type: bytes, id: bytes, now: int) -> Message | None:
        """Tell the events channel, if there is one, of something that happened to another channel."""
        if self._events_id is None or id == self._events_id:
            return None
        channel = self._channels.get(self._events_id)
        if channel is None:
            return None
        return self._publish(channel, event_text(event_type, id), True, None, event_type, now)

    # -- subscribing --------------------------------------------------------------------------------------------------------

    def subscribe(self, pid: int, subscription: Subscription, now: int) -> Subscribed | Refusal:
        """See SharedZone.subscribe."""
        answer = self._subscribe(pid, subscription, now)
        self._news.tell()
        return answer

    def _subscribe(self, pid: int, subscription: Subscription, now: int) -> Subscribed | Refusal:
        refusal = subscription_refusal(subscription, self._settings, self._channels)
        if refusal is not None:
            return refusal
        channels: list[Channel] = []
        messages: list[Message] = []
        for request in subscription.channels:
            channel = self._channels.get(request.id) or self._create(request.id, now)
            if isinstance(channel, Refusal):
                return channel
            channels.append(channel)
        for channel, request in zip(channels, subscription.channels, strict=True):
            messages += channel.old_messages(request.backtrack, subscription.resume)
        if subscription.stay is Stay.NEVER or (messages and subscription.stay is Stay.UNLESS_MESSAGES):
            return Subscribed(tuple(messages), staying=False)
        if not self._count_subscriber(pid, channels, now):
            return _NO_MEMORY_FOR_SUBSCRIPTION
        hears_events = False
        for channel in channels:
            event = self._event(CLIENT_SUBSCRIBED, channel.id, now)
            if channel.id == self._events_id:
                hears_events = True
            elif hears_events and event is not None:
                messages.append(event)
        return Subscribed(tuple(messages))

    def _count_subscriber(self, pid: int, channels: list[Channel], now: int) -> bool:
        """Count a subscriber of the channels; False, and nothing counted, without memory for it."""
        new = [channel for channel in dict.fromkeys(channels) if pid not in channel.subscribers]
        if not self._memory.take(SUBSCRIBERS_OF_WORKER * len(new)):
            return False
        for channel in channels:
            channel.subscribers[pid] = channel.subscribers.get(pid, 0) + 1
            channel.idle_until = now + self._settings.channel_inactivity_time
        self._workers.setdefault(pid, _Worker(now)).subscribers += 1
        return True

    def unsubscribe(self, pid: int, ids: tuple[bytes, ...], now: int) -> None:
        """See SharedZone.unsubscribe."""
        worker = self._workers.get(pid)
        if worker is None or not worker.subscribers:
            return
        worker.subscribers -= 1
        for id in ids:
            channel = self._channels.get(id)
            if channel is None or pid not in channel.subscribers:
                continue
            channel.subscribers[pid] -= 1
            if not channel.subscribers[pid]:
                del channel.subscribers[pid]
                self._memory.give(SUBSCRIBERS_OF_WORKER)
            self._event(CLIENT_UNSUBSCRIBED, id, now)
        self._news.tell()

    # -- deleting and lifetimes ---------------------------------------------------------------------------------------------

    def delete(self, ids: tuple[bytes, ...], text: bytes | None, now: int) -> bool:
        """See SharedZone.delete. The channels and their messages stay counted until `collect`."""
        found = False
        for id in ids:
            channel = self._channels.pop(id, None)
            if channel is None:
                continue
            found = True
            self._wildcards -= channel.wildcard
            self._deleted.append(channel)
            self._memory.give(SUBSCRIBERS_OF_WORKER * len(channel.subscribers))
            message = Message(DELETED_ID, id, self._settings.channel_deleted_message_text if text is None else text, 0, 0)
            message.texts = self._templates.texts(message)
            self._news.add(channel, message)
            self._event(CHANNEL_DESTROYED, id, now)
        self._news.tell()
        return found

    def collect(self, now: int) -> None:
        """The timer's work: lifetimes.COLLECT_INTERVAL after a worker started, and again and again."""
        self.collect_messages(now)
        self._trash.empty(self._memory, now)
        for channel in self._deleted:
            while channel.stored:
                self._throw_away(channel, now)
            self._trash.add_channel(channel_sizes(channel.id), now)
        self._deleted.clear()
        for channel in list(self._channels.values()):
            idle = not channel.stored and not channel.subscribers and channel.idle_until < now
            if idle and channel.id != self._events_id:
                del self._channels[channel.id]
                self._wildcards -= channel.wildcard
                self._trash.add_channel(channel_sizes(channel.id), now)
                self._event(CHANNEL_DESTROYED, channel.id, now)
        self._news.tell()

    def collect_messages(self, now: int) -> None:
        """The second timer's work: lifetimes.COLLECT_MESSAGES_INTERVAL after the first publish, and again and again."""
        latest = now - self._settings.message_ttl
        for channel in self._channels.values():
            stored = channel.stored
            while stored and stored[0].time <= latest:
                self._throw_away(channel, now)

    def _throw_away(self, channel: Channel, now: int) -> None:
        """Move the channel's oldest message to the trash.

        It is taken off the total even where it was never added, as the module does
        (recording push-events/ended-events-spoil-the-total).
        """
        self._trash.add_message(message_sizes(channel.stored.popleft()), now)
        self._stored = max(self._stored - 1, 0)

    # -- statistics ---------------------------------------------------------------------------------------------------------

    def channels_info(self, ids: tuple[bytes, ...], now: int) -> Listing:
        """See SharedZone.channels_info."""
        return self._listing((self._channels[id] for id in ids if id in self._channels), now)

    def channels(self, prefix: bytes, now: int) -> Listing:
        """See SharedZone.channels."""
        return self._listing((channel for id, channel in self._channels.items() if id.startswith(prefix)), now)

    def _listing(self, channels: Iterable[Channel], now: int) -> Listing:
        infos = tuple([channel.info for channel in channels])
        return Listing(len(self._channels) - self._wildcards, self._wildcards, now - self._started, infos)

    def summary(self, now: int) -> Summary:
        """See SharedZone.summary."""
        workers = self._workers.items()
        return Summary(
            channels=len(self._channels) - self._wildcards,
            wildcard_channels=self._wildcards,
            published_messages=self._published,
            stored_messages=self._stored,
            messages_in_trash=self._trash.messages,
            channels_in_delete=len(self._deleted),
            channels_in_trash=self._trash.channels,
            subscribers=sum(worker.subscribers for worker in self._workers.values()),
            uptime=now - self._started,
            by_worker=tuple([WorkerInfo(pid, worker.subscribers, now - worker.started) for pid, worker in workers]),
        )

    # -- over time ----------------------------------------------------------------------------------------------------------

    def apply(self, operation: str, arguments: tuple[Any, ...]) -> Any:
        """Do one of `OPERATIONS` or `QUERIES`, by its name."""
        if operation not in OPERATIONS and operation not in QUERIES:
            raise ValueError(f"no such operation: {operation}")
        return getattr(self, operation)(*arguments)

    def configure(self, settings: PushStreamMain, templates: Templates, now: int) -> str | None:
        """Go on with a new configuration. Returns nginx's warning when it changes what can't be changed, the size."""
        warning = None
        if settings.shared_memory_size != self._memory.size:
            zone = settings.shared_memory_zone.decode("utf-8", "replace")
            warning = f"Cannot change memory area size without restart, ignoring change on zone: {zone}"
        for channel in (*self._channels.values(), *self._deleted):
            for message in channel.stored:
                self._memory.give(message_sizes(message))
                message.texts = templates.carried_over(message, self._templates)
                self._memory.charge(message_sizes(message))
        self._settings = settings
        self._templates = templates
        self._add_events_channel(now)
        return warning

    def snapshot(self) -> dict[str, Any]:
        """Everything in the zone as plain data; the settings and templates are not in it."""
        return {
            "started": self._started,
            "time": self._time,
            "tag": self._tag,
            "published": self._published,
            "stored": self._stored,
            "channels": [channel.snapshot() for channel in self._channels.values()],
            "deleted": [channel.snapshot() for channel in self._deleted],
            "trash": self._trash.snapshot(),
            "workers": [(pid, worker.started, worker.subscribers) for pid, worker in self._workers.items()],
            "memory": (self._memory.size, self._memory.snapshot()),
        }

    def restore(self, snapshot: dict[str, Any]) -> None:
        """Become the zone of that `snapshot`, taken under the same settings and templates."""
        self._started = snapshot["started"]
        self._time = snapshot["time"]
        self._tag = snapshot["tag"]
        self._published = snapshot["published"]
        self._stored = snapshot["stored"]
        self._channels = {data[0]: Channel.restore(data) for data in snapshot["channels"]}
        self._wildcards = sum(channel.wildcard for channel in self._channels.values())
        self._deleted = [Channel.restore(data) for data in snapshot["deleted"]]
        self._trash.restore(snapshot["trash"])
        self._workers = {pid: _Worker(started, subscribers) for pid, started, subscribers in snapshot["workers"]}
        self._memory.restore(*snapshot["memory"])

    def _add_events_channel(self, now: int) -> None:
        self._events_id = self._settings.events_channel_id or None
        if self._events_id is not None and self._events_id not in self._channels:
            self._create(self._events_id, now)
