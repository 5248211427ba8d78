"""The zone: what all workers share. Channels, messages, counters, memory.

Every operation is whole: one call of `Zone.do`, one result, no state between two calls. So it does not matter whether the zone
lives in this process or in another. The time (whole seconds) is passed in and nothing is left to chance: the same changes
(operations.py), done again in the same order by a zone of the same settings, give the same zone. A journal holds each change
with its time, to do it again; `snapshot` and `restore` spare it the beginning.
Names and numbers are the module's; sources: reference sections 2 to 8, recordings push_publish.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, TypeVar

from ..config.directives.push_stream.settings import PushStreamMain
from .attached_workers import AttachedWorker
from .channels import Channel
from .checks import subscription_refusal
from .contents import Contents
from .events import CLIENT_SUBSCRIBED, CLIENT_UNSUBSCRIBED
from .lifetimes import SLICE
from .memory import SUBSCRIBERS_OF_WORKER, message_sizes
from .messages import DELETED_ID, Message
from .operations import (
    ALWAYS,
    NEVER,
    UNLESS_MESSAGES,
    Attach,
    Channels,
    ChannelsInfo,
    Collect,
    CollectMessages,
    Create,
    Delete,
    Forget,
    Inspect,
    Inspected,
    Listing,
    MemoryUse,
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
    UsedMemory,
    ZoneOperation,
)
from .snapshot import Saved
from .templates import Templates

R = TypeVar("R")

_NO_MEMORY_FOR_MESSAGE = Refusal(500, b"", ("unable to allocate message in shared memory",), error_page=True)
# Not the module's: there a worker can't be unknown.
_UNKNOWN_WORKER = Refusal(500, b"", ("the zone does not know this worker",))


def no_memory_for_deletion(id: bytes) -> Refusal:
    """Why a channel is not deleted whose last message does not fit into the memory."""
    channel = id.decode("utf-8", "replace")
    return Refusal(
        500, b"", ("unable to allocate memory to channel deleted message", f"error while deleting channel '{channel}'")
    )


class Zone:
    """The channels of one http block.

    `recipients` are not part of its data: the caller of `do` puts them there, before `Attach` or at any time after it.
    """

    def __init__(self, settings: PushStreamMain, templates: Templates, now: int) -> None:
        self._contents = Contents(settings, templates, now)

    @property
    def recipients(self) -> dict[str, Recipient]:
        """The workers that get messages, by name; to be changed in place."""
        return self._contents.news.recipients

    @property
    def gone(self) -> tuple[str, ...]:
        """The workers that are gone and not forgotten in all channels: there is more to `Forget`."""
        return tuple(self._contents.workers.gone)

    @property
    def memory_failures(self) -> int:
        """How often something did not fit into the memory, since this object was made."""
        return self._contents.memory.failures

    def observe(self, observer: Callable[[Message], None] | None) -> None:
        """Have `observer` called with each message of any channel, stored or not, and with the last one of a deleted channel.

        None: no one looks any more. Who observes is no subscriber; nothing counts it.
        """
        self._contents.news.observer = observer

    def do(self, operation: ZoneOperation[R], now: int) -> R:
        """Do an operation. When it is done, its messages are passed on to the workers."""
        result: R = _METHODS[type(operation)](self, operation, now)
        self._contents.news.pass_on()
        return result

    # -- workers ------------------------------------------------------------------------------------------------------------

    def _attach(self, operation: Attach, now: int) -> None:
        self._contents.workers.attach(operation.worker, operation.pid, now)

    def _forget(self, operation: Forget, now: int) -> bool:
        self.recipients.pop(operation.worker, None)
        return self._contents.forget(operation.worker)

    # -- publishing ---------------------------------------------------------------------------------------------------------

    def has(self, ids: tuple[bytes, ...]) -> bool:
        """Whether all these channels exist."""
        known = self._contents.channels
        return ids[0] in known if len(ids) == 1 else known.keys() >= set(ids)

    def _create_missing(self, operation: Create, now: int) -> Refusal | None:
        for id in operation.channels:
            made = self._contents.channels.get(id) or self._contents.create(id, now)
            if isinstance(made, Refusal):
                return made
        return None

    def _publish(self, operation: Publish, now: int) -> Published | Refusal:
        channels: list[Channel] = []
        self._contents.lost = ()
        for id in operation.channels:
            channel = self._contents.channels.get(id) or self._contents.create(id, now)
            if isinstance(channel, Refusal):
                return channel
            message = self._contents.add(channel, operation.text, operation.store, operation.event_id, operation.event_type, now)
            if message is None:
                return _NO_MEMORY_FOR_MESSAGE
            channels.append(channel)
        infos = tuple([channel.info for channel in channels])
        return Published(infos, self._losses(now)) if self._contents.lost else Published(infos)

    def _losses(self, now: int) -> tuple[str, ...]:
        """What the error log says of messages that the workers do not get."""
        workers = self._contents.workers.infos(now)
        return tuple(
            [
                f"unable to allocate worker message, pid: {worker.pid}, slot: {slot}"
                for channel in self._contents.lost
                for slot, worker in enumerate(workers)
                if worker.name in channel.subscribers
            ]
        )

    # -- subscribing --------------------------------------------------------------------------------------------------------

    def _subscribe(self, operation: Subscribe, now: int) -> Subscribed | Refusal:
        refusal = subscription_refusal(operation, self._contents.settings, self._contents.channels)
        if refusal is not None:
            return refusal
        channels: list[Channel] = []
        messages: list[Message] = []
        for request in operation.channels:
            channel = self._contents.channels.get(request.id) or self._contents.create(request.id, now)
            if isinstance(channel, Refusal):
                return Refusal(channel.status, channel.explain, channel.logged[:1] * 2)  # always twice, for a subscriber
            channels.append(channel)
        newest = (0, 0)
        ends: list[int] = []
        for channel, request in zip(channels, operation.channels, strict=True):
            old = channel.old_messages(request.backtrack, operation.resume)
            if old:
                self._contents.carry(old)
                messages += old
                newest = max(newest, (channel.time, channel.tag))
            ends.append(len(messages))
        if operation.stay is NEVER or (messages and operation.stay is UNLESS_MESSAGES):
            return Subscribed(tuple(messages), False, *newest)
        worker = self._contents.workers.get(operation.worker)
        if worker is None:
            return _UNKNOWN_WORKER
        heard = self._count_subscriber(worker, channels, operation.stay, now)
        ids = None
        if len(heard) < len(channels):
            ids = tuple([channel.id for channel in heard])
            if operation.stay is ALWAYS:
                del messages[ends[len(heard)] :]
        if self._contents.events_id is not None:
            messages += self._report_subscription(heard, now)
        return Subscribed(tuple(messages), True, *newest, ids)

    def _report_subscription(self, heard: list[Channel], now: int) -> Iterator[Message]:
        """Report the subscriber of these channels in the events channel. Those of its events that it hears itself follow."""
        hears_events = False
        for channel in heard:
            event = self._contents.event(CLIENT_SUBSCRIBED, channel.id, now)
            if channel.id == self._contents.events_id:
                hears_events = True
            elif hears_events and event is not None:
                yield event

    def _count_subscriber(self, worker: AttachedWorker, channels: list[Channel], stay: Stay, now: int) -> list[Channel]:
        """Count a subscriber. Returns those of the channels there was memory for; an open answer ends at the first other."""
        name = worker.name
        heard: list[Channel] = []
        for channel in channels:
            if name not in channel.entries:
                places = self._contents.memory.take(SUBSCRIBERS_OF_WORKER)
                if places is None and stay is ALWAYS:
                    break
                if places is None:
                    continue
                self._contents.note(channel)
                channel.entries[name] = places
            self._contents.note(channel)
            channel.subscribers[name] = channel.subscribers.get(name, 0) + 1
            self._contents.use(channel, now)
            heard.append(channel)
        worker.subscribers += 1
        return heard

    def _unsubscribe(self, operation: Unsubscribe, now: int) -> None:
        name = operation.worker
        worker = self._contents.workers.get(name)
        if worker is None or not worker.subscribers:
            return
        worker.subscribers = max(worker.subscribers - operation.clients, 0)
        for id in operation.channels:
            channel = self._contents.channels.get(id)
            if channel is None or name not in channel.subscribers:
                continue
            self._contents.note(channel)
            channel.subscribers[name] -= 1
            if not channel.subscribers[name]:
                del channel.subscribers[name]
                self._contents.watch(channel)
            self._contents.event(CLIENT_UNSUBSCRIBED, id, now)

    # -- deleting and lifetimes ---------------------------------------------------------------------------------------------

    def _delete(self, operation: Delete, now: int) -> bool | Refusal:
        """The channels and their messages stay counted until the next `Collect`."""
        text = self._contents.settings.channel_deleted_message_text if operation.text is None else operation.text
        found = False
        for id in operation.channels:
            channel = self._contents.channels.get(id)
            if channel is None:
                continue
            message = Message(DELETED_ID, id, text, 0, 0)
            message.texts = self._contents.templates.texts(message)
            places = self._contents.memory.take(message_sizes(message))
            if places is None:
                return no_memory_for_deletion(id)
            found = True
            self._contents.delete(channel, message, places, now)
        return found

    def _collect(self, operation: Collect, now: int) -> bool:
        contents = self._contents
        left = contents.end_messages(now, SLICE)
        left = contents.collect_idle(now, left)
        left = contents.collect_deleted(now, left)
        left = contents.trash.empty(contents.memory, now, left)
        return not left

    def _collect_messages(self, operation: CollectMessages, now: int) -> bool:
        return not self._contents.end_messages(now, SLICE)

    # -- statistics ---------------------------------------------------------------------------------------------------------

    def _channels_info(self, operation: ChannelsInfo, now: int) -> Listing:
        return self._listing((self._contents.channels[id] for id in operation.channels if id in self._contents.channels), now)

    def _channels_with(self, operation: Channels, now: int) -> Listing:
        channels, last = self._contents.some_channels(operation.after)
        return self._listing([channel for channel in channels if channel.id.startswith(operation.prefix)], now, last)

    def _inspect(self, operation: Inspect, now: int) -> Inspected:
        known = self._contents.channels
        memory, messages, measured = self._contents.memory, operation.messages, operation.measured
        return Inspected(tuple([known[id].state(memory, messages, measured) for id in operation.channels if id in known]))

    def _listing(self, channels: Iterable[Channel], now: int, last: int = 0) -> Listing:
        contents = self._contents
        infos = tuple([channel.info for channel in channels])
        return Listing(len(contents.channels) - contents.wildcards, contents.wildcards, now - contents.started, infos, last)

    def _memory(self, operation: UsedMemory, now: int) -> MemoryUse:
        memory = self._contents.memory
        return MemoryUse(*memory.bytes_used, memory.failures)

    def _summary(self, operation: Summary, now: int) -> Totals:
        contents = self._contents
        return Totals(
            channels=len(contents.channels) - contents.wildcards,
            wildcard_channels=contents.wildcards,
            published_messages=contents.published,
            stored_messages=contents.stored,
            messages_in_trash=contents.trash.messages,
            channels_in_delete=len(contents.deleted),
            channels_in_trash=contents.trash.channels,
            subscribers=contents.workers.subscribers,
            uptime=now - contents.started,
            by_worker=contents.workers.infos(now),
        )

    # -- over time ----------------------------------------------------------------------------------------------------------

    def take_workers_of(self, other: Zone) -> None:
        """Know the same workers as that zone, in whose place this one comes."""
        self._contents.workers = other._contents.workers
        self.recipients.update(other.recipients)

    def configure(self, settings: PushStreamMain, templates: Templates, now: int) -> str | None:
        """Go on with a new configuration. Returns nginx's warning when it changes what can't be changed, the size.

        What takes long is left to `carry_on`.
        """
        return self._contents.configure(settings, templates, now)

    def carry_on(self) -> bool:
        """Do a slice of what the last `configure` has left to do; no operation can see it. Returns whether more is left."""
        return self._contents.carry_on()

    def save(self) -> Iterator[Saved]:
        """Everything in the zone as it is now, value by value, while it goes on. The settings and templates are not in it."""
        return self._contents.save()

    def restore(self, saved: Saved) -> None:
        """Take the next value of a zone that was saved under the same settings and templates; the first is its head."""
        self._contents.restore(saved)


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
    Inspect: Zone._inspect,
    Summary: Zone._summary,
    UsedMemory: Zone._memory,
}
