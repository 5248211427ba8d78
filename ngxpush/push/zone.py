"""The zone: what all workers share. Channels, messages, counters, memory.

Every operation is whole: one call of `Zone.do`, one result, no state between two calls. So it does not matter whether the zone
lives in this process or in another. The time (whole seconds) is passed in and nothing is left to chance: the same changes
(operations.py), done again in the same order by a zone of the same settings, give the same zone. A journal holds each change
with its time, to do it again; `snapshot` and `restore` spare it the beginning.
Names and numbers are the module's; sources: reference sections 2 to 8, recordings push_publish.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final, TypeVar

from ..config.directives.push_stream.settings import PushStreamMain
from .attached_workers import AttachedWorker, AttachedWorkers
from .channels import Channel
from .checks import is_wildcard, subscription_refusal
from .events import CHANNEL_CREATED, CHANNEL_DESTROYED, CLIENT_SUBSCRIBED, CLIENT_UNSUBSCRIBED, event_text
from .lifetimes import Trash
from .memory import FIRST_MESSAGE, SUBSCRIBERS_OF_WORKER, Memory, channel_sizes, message_sizes
from .messages import DELETED_ID, Message
from .news import News
from .operations import (
    Attach,
    Channels,
    ChannelsInfo,
    Collect,
    CollectMessages,
    Create,
    Delete,
    Forget,
    Listing,
    Publish,
    Published,
    Recipient,
    Refusal,
    Stay,
    Subscribe,
    Subscribed,
    Summary,
    Totals,
    Unsubscribe,
    ZoneOperation,
)
from .snapshot import Snapshot
from .templates import Templates

R = TypeVar("R")

_TOO_MANY_CHANNELS = Refusal(403, b"Number of channels were exceeded.", "number of channels were exceeded")
_NO_MEMORY_FOR_CHANNEL = Refusal(500, b"", "unable to allocate memory for new channel")
_NO_MEMORY_FOR_MESSAGE = Refusal(500, b"", "unable to allocate message in shared memory")
_NO_MEMORY_FOR_SUBSCRIPTION = Refusal(500, b"", "unable to allocate subscription in shared memory")
# Not the module's: there a worker can't be unknown.
_UNKNOWN_WORKER = Refusal(500, b"", "the zone does not know this worker")


class Zone:
    """The channels of one http block.

    `recipients` are not part of its data: the caller of `do` puts them there, before `Attach` or at any time after it.
    """

    def __init__(self, settings: PushStreamMain, templates: Templates, now: int) -> None:
        self._news = News()
        self._settings = settings
        self._events_id: bytes | None = None
        self._templates = templates
        self._memory = Memory(settings.shared_memory_size or 0)
        self._started = now
        self._time = self._tag = 0
        self._published = 0
        self._stored = 0
        self._channels: dict[bytes, Channel] = {}
        self._wildcards = 0
        self._deleted: list[Channel] = []
        self._trash = Trash()
        self._workers = AttachedWorkers()
        self._add_events_channel(now)

    @property
    def recipients(self) -> dict[str, Recipient]:
        """The workers that get messages, by name; to be changed in place."""
        return self._news.recipients

    def do(self, operation: ZoneOperation[R], now: int) -> R:
        """Do an operation. When it is done, its messages are passed on to the workers."""
        result: R = _METHODS[type(operation)](self, operation, now)
        self._news.pass_on()
        return result

    # -- workers ------------------------------------------------------------------------------------------------------------

    def _attach(self, operation: Attach, now: int) -> None:
        self._workers.attach(operation.worker, operation.pid, now)

    def _forget(self, operation: Forget, now: int) -> None:
        self._workers.forget(operation.worker)
        self.recipients.pop(operation.worker, None)
        for channel in self._channels.values():
            if channel.subscribers.pop(operation.worker, 0):
                self._memory.give(SUBSCRIBERS_OF_WORKER)

    # -- publishing ---------------------------------------------------------------------------------------------------------

    def has(self, ids: tuple[bytes, ...]) -> bool:
        """Whether all these channels exist."""
        return all(id in self._channels for id in ids)

    def _create_missing(self, operation: Create, now: int) -> Refusal | None:
        for id in operation.channels:
            made = self._channels.get(id) or self._create(id, now)
            if isinstance(made, Refusal):
                return made
        return None

    def _publish(self, operation: Publish, now: int) -> Published | Refusal:
        channels: list[Channel] = []
        for id in operation.channels:
            channel = self._channels.get(id) or self._create(id, now)
            if isinstance(channel, Refusal):
                return channel
            message = self._add(channel, operation.text, operation.store, operation.event_id, operation.event_type, now)
            if message is None:
                return _NO_MEMORY_FOR_MESSAGE
            channels.append(channel)
        return Published(tuple([channel.info for channel in channels]))

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

    def _add(
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
        """Report in the events channel, if there is one, what happened to another channel."""
        if self._events_id is None or id == self._events_id:
            return None
        channel = self._channels.get(self._events_id)
        if channel is None:
            return None
        return self._add(channel, event_text(event_type, id), True, None, event_type, now)

    # -- subscribing --------------------------------------------------------------------------------------------------------

    def _subscribe(self, operation: Subscribe, now: int) -> Subscribed | Refusal:
        refusal = subscription_refusal(operation, self._settings, self._channels)
        if refusal is not None:
            return refusal
        channels: list[Channel] = []
        messages: list[Message] = []
        for request in operation.channels:
            channel = self._channels.get(request.id) or self._create(request.id, now)
            if isinstance(channel, Refusal):
                return channel
            channels.append(channel)
        for channel, request in zip(channels, operation.channels, strict=True):
            messages += channel.old_messages(request.backtrack, operation.resume)
        if operation.stay is Stay.NEVER or (messages and operation.stay is Stay.UNLESS_MESSAGES):
            return Subscribed(tuple(messages), staying=False)
        worker = self._workers.get(operation.worker)
        if worker is None:
            return _UNKNOWN_WORKER
        if not self._count_subscriber(worker, channels, now):
            return _NO_MEMORY_FOR_SUBSCRIPTION
        hears_events = False
        for channel in channels:
            event = self._event(CLIENT_SUBSCRIBED, channel.id, now)
            if channel.id == self._events_id:
                hears_events = True
            elif hears_events and event is not None:
                messages.append(event)
        return Subscribed(tuple(messages))

    def _count_subscriber(self, worker: AttachedWorker, channels: list[Channel], now: int) -> bool:
        """Count a subscriber of the channels. Returns False, and counts nothing, when there is no memory for it."""
        name = worker.name
        new = [channel for channel in dict.fromkeys(channels) if name not in channel.subscribers]
        if not self._memory.take(SUBSCRIBERS_OF_WORKER * len(new)):
            return False
        for channel in channels:
            channel.subscribers[name] = channel.subscribers.get(name, 0) + 1
            channel.idle_until = now + self._settings.channel_inactivity_time
        worker.subscribers += 1
        return True

    def _unsubscribe(self, operation: Unsubscribe, now: int) -> None:
        name = operation.worker
        worker = self._workers.get(name)
        if worker is None or not worker.subscribers:
            return
        worker.subscribers -= 1
        for id in operation.channels:
            channel = self._channels.get(id)
            if channel is None or name not in channel.subscribers:
                continue
            channel.subscribers[name] -= 1
            if not channel.subscribers[name]:
                del channel.subscribers[name]
                self._memory.give(SUBSCRIBERS_OF_WORKER)
            self._event(CLIENT_UNSUBSCRIBED, id, now)

    # -- deleting and lifetimes ---------------------------------------------------------------------------------------------

    def _delete(self, operation: Delete, now: int) -> bool:
        """The channels and their messages stay counted until the next `Collect`."""
        text = self._settings.channel_deleted_message_text if operation.text is None else operation.text
        found = False
        for id in operation.channels:
            channel = self._channels.pop(id, None)
            if channel is None:
                continue
            found = True
            self._wildcards -= channel.wildcard
            self._deleted.append(channel)
            self._memory.give(SUBSCRIBERS_OF_WORKER * len(channel.subscribers))
            message = Message(DELETED_ID, id, text, 0, 0)
            message.texts = self._templates.texts(message)
            self._news.add(channel, message)
            self._event(CHANNEL_DESTROYED, id, now)
        return found

    def _collect(self, operation: Collect, now: int) -> None:
        self._end_messages(now)
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

    def _collect_messages(self, operation: CollectMessages, now: int) -> None:
        self._end_messages(now)

    def _end_messages(self, now: int) -> None:
        """Throw away the messages that are older than push_stream_message_ttl."""
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

    def _channels_info(self, operation: ChannelsInfo, now: int) -> Listing:
        return self._listing((self._channels[id] for id in operation.channels if id in self._channels), now)

    def _channels_with(self, operation: Channels, now: int) -> Listing:
        prefix = operation.prefix
        return self._listing((channel for id, channel in self._channels.items() if id.startswith(prefix)), now)

    def _listing(self, channels: Iterable[Channel], now: int) -> Listing:
        infos = tuple([channel.info for channel in channels])
        return Listing(len(self._channels) - self._wildcards, self._wildcards, now - self._started, infos)

    def _summary(self, operation: Summary, now: int) -> Totals:
        return Totals(
            channels=len(self._channels) - self._wildcards,
            wildcard_channels=self._wildcards,
            published_messages=self._published,
            stored_messages=self._stored,
            messages_in_trash=self._trash.messages,
            channels_in_delete=len(self._deleted),
            channels_in_trash=self._trash.channels,
            subscribers=self._workers.subscribers,
            uptime=now - self._started,
            by_worker=self._workers.infos(now),
        )

    # -- over time ----------------------------------------------------------------------------------------------------------

    def take_workers_of(self, other: Zone) -> None:
        """Know the same workers as that zone, in whose place this one comes."""
        self._workers = other._workers
        self.recipients.update(other.recipients)

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

    def snapshot(self) -> Snapshot:
        """Everything in the zone. The settings and templates are not in it, and the stored messages are the zone's own."""
        return Snapshot(
            started=self._started,
            time=self._time,
            tag=self._tag,
            published=self._published,
            stored=self._stored,
            channels=tuple([channel.snapshot() for channel in self._channels.values()]),
            deleted=tuple([channel.snapshot() for channel in self._deleted]),
            trash=self._trash.snapshot(),
            workers=self._workers.snapshot(),
            memory_size=self._memory.size,
            memory_free=self._memory.snapshot(),
        )

    def restore(self, snapshot: Snapshot) -> None:
        """Become the zone of that `snapshot`, taken under the same settings and templates; the zone owns it then."""
        self._started = snapshot.started
        self._time = snapshot.time
        self._tag = snapshot.tag
        self._published = snapshot.published
        self._stored = snapshot.stored
        self._channels = {data.id: Channel.restore(data) for data in snapshot.channels}
        self._wildcards = sum(channel.wildcard for channel in self._channels.values())
        self._deleted = [Channel.restore(data) for data in snapshot.deleted]
        self._trash.restore(snapshot.trash)
        self._workers.restore(snapshot.workers)
        self._memory.restore(snapshot.memory_size, snapshot.memory_free)

    def _add_events_channel(self, now: int) -> None:
        self._events_id = self._settings.events_channel_id or None
        if self._events_id is not None and self._events_id not in self._channels:
            self._create(self._events_id, now)


_METHODS: Final[dict[type, Callable[[Zone, Any, int], Any]]] = {
    Attach: Zone._attach,
    Forget: Zone._forget,
    Create: Zone._create_missing,
    Publish: Zone._publish,
    Subscribe: Zone._subscribe,
    Unsubscribe: Zone._unsubscribe,
    Delete: Zone._delete,
    Collect: Zone._collect,
    CollectMessages: Zone._collect_messages,
    ChannelsInfo: Zone._channels_info,
    Channels: Zone._channels_with,
    Summary: Zone._summary,
}
