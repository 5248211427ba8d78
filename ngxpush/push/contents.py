"""What is in a zone: channels, messages, counters, memory, and how each of them changes.

Whatever changes a channel notes it first (`note`): a snapshot may be on its way. Names and numbers are the module's.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Iterator
from operator import attrgetter

from ..config.directives.push_stream.settings import PushStreamMain
from .attached_workers import AttachedWorkers
from .carrying import Carrying
from .channels import Channel
from .checks import is_wildcard
from .events import CHANNEL_CREATED, CHANNEL_DESTROYED, CLIENT_UNSUBSCRIBED, event_text
from .lifetimes import SLICE, Agenda, Trash
from .memory import Memory, Places, channel_sizes, message_sizes
from .messages import Message
from .news import News
from .operations import Refusal
from .snapshot import Saved, SavedChannel, SavedHead, SavedMessages, SavedTrash, Saving, restored
from .templates import Templates

# The module logs it twice (recording push-publisher/error-log).
_TOO_MANY_CHANNELS = Refusal(403, b"Number of channels were exceeded.", ("number of channels were exceeded",) * 2)
_NO_MEMORY_FOR_CHANNEL = Refusal(500, b"", ("unable to allocate memory for new channel",))


class Contents:
    """The contents of a zone.

    events_id: the id of the events channel, if there is one.  started: the second in which the zone was made.
    time, tag: of the last message.  published, stored: the totals.  wildcards: how many of the channels are wildcard channels.
    deleted: the channels that wait for the zone's timer.  lost: those whose message, since the last publish began, no one gets:
    there was no memory to pass it on.
    """

    __slots__ = (
        "_ages",
        "_carrying",
        "_channels_made",
        "_idle",
        "_saving",
        "_savings",
        "channels",
        "deleted",
        "events_id",
        "lost",
        "memory",
        "news",
        "published",
        "settings",
        "started",
        "stored",
        "tag",
        "templates",
        "time",
        "trash",
        "wildcards",
        "workers",
    )

    def __init__(self, settings: PushStreamMain, templates: Templates, now: int) -> None:
        self.news = News()
        self.settings = settings
        self.events_id: bytes | None = None
        self.templates = templates
        self.memory = Memory(settings.shared_memory_size or 0)
        self.started = now
        self.time = 0
        self.tag = 0
        self.published = 0
        self.stored = 0
        self.channels: dict[bytes, Channel] = {}
        self.wildcards = 0
        self.deleted: deque[Channel] = deque()
        self.lost: tuple[Channel, ...] = ()
        self.trash = Trash()
        self.workers = AttachedWorkers()
        self._channels_made = 0
        self._ages = Agenda()
        self._idle = Agenda()
        self._carrying: Carrying | None = None
        self._saving: Saving | None = None
        self._savings = 0
        self._add_events_channel(now)

    def create(self, id: bytes, now: int) -> Channel | Refusal:
        settings = self.settings
        wildcard = is_wildcard(id, settings)
        if wildcard:
            count, limit = self.wildcards, settings.max_number_of_wildcard_channels
        else:
            count, limit = len(self.channels) - self.wildcards, settings.max_number_of_channels
        if limit is not None and count >= limit:
            return _TOO_MANY_CHANNELS
        places = self.memory.take(channel_sizes(id))
        if places is None:
            return _NO_MEMORY_FOR_CHANNEL
        self._channels_made += 1
        idle_until = now + settings.channel_inactivity_time
        channel = self.channels[id] = Channel(id, self._channels_made, wildcard, idle_until, places)
        self._idle.add(idle_until, channel)
        self.wildcards += wildcard
        self.event(CHANNEL_CREATED, id, now)
        return channel

    def add(
        self, channel: Channel, text: bytes, store: bool, event_id: bytes | None, event_type: bytes | None, now: int
    ) -> Message | None:
        """A new message of the channel, counted and stored; None when there is no memory for it."""
        if now != self.time:
            self.time = now
            self.tag = 0
        # All messages of a second have the same number as their time, not each an equal one.
        message = Message(channel.published + 1, channel.id, text, self.time, self.tag + 1, event_id, event_type)
        message.texts = self.templates.texts(message)
        places = self.memory.take(message_sizes(message))
        if places is None:
            return None
        if self._saving is not None:
            self._saving.note(channel)
        counted = channel.id != self.events_id
        self.tag += 1
        self.published += counted
        channel.published += 1
        channel.time, channel.tag = now, message.tag
        self.use(channel, now)
        if store:
            self._store(channel, message, places, counted)
        else:
            self.trash.add_message(places, now)
        if channel.subscribers:
            if self.memory.passes_on():
                self.news.add(channel, message)
            else:
                self.lost += (channel,)
        return message

    def _store(self, channel: Channel, message: Message, places: Places, counted: bool) -> None:
        """Keep a message of now, and no more than the channel may have."""
        stored = channel.stored
        if not stored or stored.newest.time != message.time:
            self._ages.add(message.time, channel)
        stored.append(message)
        channel.stored_places.append(places)
        self.stored += counted
        limit = self.settings.max_messages_stored_per_channel
        while limit is not None and len(stored) > limit:
            self._throw_away(channel, message.time, counted)

    def use(self, channel: Channel, now: int) -> None:
        """Something happened in the channel: it is idle from now on."""
        until = now + self.settings.channel_inactivity_time
        if until < channel.idle_until and channel.watched:  # a reload has made the time shorter
            self._idle.add(until, channel)
        channel.idle_until = until

    def event(self, event_type: bytes, id: bytes, now: int) -> Message | None:
        """Report in the events channel, if there is one, what happened to another channel."""
        if self.events_id is None or id == self.events_id:
            return None
        channel = self.channels.get(self.events_id)
        if channel is None:
            return None
        return self.add(channel, event_text(event_type, id), True, None, event_type, now)

    def note(self, channel: Channel) -> None:
        """A channel is about to change."""
        if self._saving is not None:
            self._saving.note(channel)

    def some_channels(self, after: int) -> tuple[list[Channel], int]:
        """The SLICE oldest channels whose number is higher than `after`, and the number of the last; 0 when there are no more."""
        channels = list(self.channels.values())
        begin = bisect_right(channels, after, key=attrgetter("number")) if after else 0
        end = begin + SLICE
        return channels[begin:end], channels[end - 1].number if end < len(channels) else 0

    def forget(self, worker: str) -> bool:
        """Forget a worker that is gone, in some more channels. Returns whether others are left."""
        channels, last = self.some_channels(self.workers.forget(worker))
        for channel in channels:
            if worker in channel.entries:
                self.note(channel)
                channel.subscribers.pop(worker, None)
                self.memory.give(channel.entries.pop(worker))
                self.watch(channel)
        if last:
            self.workers.gone[worker] = last
        else:
            del self.workers.gone[worker]
        return bool(last)

    def delete(self, channel: Channel, message: Message, places: Places, now: int) -> None:
        """Delete a channel. message: the last one of its subscribers; its memory goes with the channel's."""
        self.note(channel)
        del self.channels[channel.id]
        self.wildcards -= channel.wildcard
        self.deleted.append(channel)
        channel.places += places
        self.news.add(channel, message)
        for _ in range(channel.subscriber_count):
            self.event(CLIENT_UNSUBSCRIBED, channel.id, now)

    def end_messages(self, now: int, slice: int) -> int:
        """Throw away `slice` messages that are older than push_stream_message_ttl. Returns how many were not needed."""
        latest = now - self.settings.message_ttl
        for channel in self._ages.due(latest) if slice else ():
            if channel is None:
                return 0
            if self.channels.get(channel.id) is channel:
                slice = self._throw_away_some(channel, latest, now, slice)
                if not slice:
                    self._ages.put_back(channel)
                    break
        return slice

    def collect_idle(self, now: int, slice: int) -> int:
        """Move channels without messages and subscribers, whose time has passed, to the trash."""
        for channel in self._idle.due(now - 1) if slice else ():
            if channel is None:
                return 0
            id = channel.id
            if self.channels.get(id) is not channel or id == self.events_id:
                continue
            if channel.stored or channel.subscribers:
                channel.watched = False
            elif channel.idle_until >= now:
                self._idle.add(channel.idle_until, channel)
            else:
                self.note(channel)
                del self.channels[id]
                self.wildcards -= channel.wildcard
                self.trash.add_channel(channel.all_places, now)
                self.event(CHANNEL_DESTROYED, id, now)
            slice -= 1
            if not slice:
                break
        return slice

    def collect_deleted(self, now: int, slice: int) -> int:
        """Move deleted channels to the trash, `slice` messages and channels. Returns how many were not needed."""
        while slice and self.deleted:
            channel = self.deleted[0]
            slice = self._throw_away_some(channel, now, now, slice)
            if slice:
                slice -= 1
                self.deleted.popleft()
                self.trash.add_channel(channel.all_places, now)
                self.event(CHANNEL_DESTROYED, channel.id, now)
        return slice

    def _throw_away_some(self, channel: Channel, latest: int, now: int, slice: int) -> int:
        """Throw away `slice` of the channel's messages that are as old as `latest`. Returns how many were not needed."""
        stored = channel.stored
        if slice and stored and stored.oldest.time <= latest:
            self.note(channel)
        while slice and stored and stored.oldest.time <= latest:
            self._throw_away(channel, now)
            slice -= 1
        if not stored:
            self.watch(channel)
        return slice

    def _throw_away(self, channel: Channel, now: int, counted: bool = True) -> None:
        """Move the channel's oldest message to the trash. counted: it is taken off the total.

        An event whose time is over is taken off though it was never added, as the module does (recording
        push-events/ended-events-spoil-the-total); one that is too many for its channel is not.
        """
        channel.stored.popleft()
        self.trash.add_message(channel.stored_places.popleft(), now)
        if counted:
            self.stored = max(self.stored - 1, 0)

    def watch(self, channel: Channel) -> None:
        """Drop the channel when its time has passed, if it is empty now."""
        if not channel.watched and not channel.stored and not channel.subscribers:
            channel.watched = True
            self._idle.add(channel.idle_until, channel)

    def configure(self, settings: PushStreamMain, templates: Templates, now: int) -> str | None:
        """Go on with a new configuration. Returns nginx's warning when it changes what can't be changed, the size."""
        warning = None
        if settings.shared_memory_size != self.memory.size:
            zone = settings.shared_memory_zone.decode("utf-8", "replace")
            warning = f"Cannot change memory area size without restart, ignoring change on zone: {zone}"
        if self._carrying is not None:
            self._carrying.finish()
            self._carrying = None
        if not templates.continue_those_of(self.templates):
            self._carrying = Carrying(templates, self.templates, (*self.channels.values(), *self.deleted))
        self.settings = settings
        self.templates = templates
        self._add_events_channel(now)
        return warning

    def carry(self, messages: Iterable[Message]) -> None:
        """Someone is about to get these stored messages: they have the texts of the present templates from now on."""
        if self._carrying is not None:
            self._carrying.carry(messages)

    def carry_on(self) -> bool:
        """Do a slice of what a reload has left to do with the stored messages. Returns whether more is left."""
        if self._carrying is not None and not self._carrying.go_on(SLICE):
            self._carrying = None
        return self._carrying is not None

    def _add_events_channel(self, now: int) -> None:
        self.events_id = self.settings.events_channel_id or None
        if self.events_id is not None and self.events_id not in self.channels:
            self.create(self.events_id, now)

    def save(self) -> Iterator[Saved]:
        """Everything in the zone as it is now, value by value, while it goes on. The settings and templates are not in it."""
        self._savings += 1
        saving = self._saving = Saving(self._savings, self._head(), self.channels.values(), self.deleted, self.trash)
        return self._saved(saving)

    def _saved(self, saving: Saving) -> Iterator[Saved]:
        for value in saving.values():
            if isinstance(value, SavedMessages):
                self.carry(value.messages)
            yield value
        if self._saving is saving:
            self._saving = None

    def _head(self) -> SavedHead:
        return SavedHead(
            started=self.started,
            time=self.time,
            tag=self.tag,
            published=self.published,
            stored=self.stored,
            channels_made=self._channels_made,
            workers=self.workers.snapshot(),
            gone=dict(self.workers.gone),
            memory=self.memory.snapshot(),
        )

    def restore(self, saved: Saved) -> None:
        """Take the next value of a zone that was saved under the same settings and templates; the first is its head."""
        match saved:
            case SavedMessages(messages, places):
                channel = self.deleted[-1] if self.deleted else next(reversed(self.channels.values()))
                self._restore_messages(channel, messages)
                channel.stored_places.extend(places)
            case SavedChannel():
                self._restore_channel(restored(saved), saved.deleted)
            case SavedTrash():
                self.trash.restore(saved.until, saved.messages, saved.channels)
            case SavedHead():
                self._restore_head(saved)

    def _restore_head(self, saved: SavedHead) -> None:
        self.started = saved.started
        self.time = saved.time
        self.tag = saved.tag
        self.published = saved.published
        self.stored = saved.stored
        self._channels_made = saved.channels_made
        self.channels = {}
        self.wildcards = 0
        self.deleted = deque()
        self._ages, self._idle, self.trash = Agenda(), Agenda(), Trash()
        self._carrying = None
        self.workers.restore(saved.workers, saved.gone)
        self.memory.restore(saved.memory)

    def _restore_channel(self, channel: Channel, deleted: bool) -> None:
        if deleted:
            self.deleted.append(channel)
        else:
            self.channels[channel.id] = channel
            self.wildcards += channel.wildcard
            self._idle.add(channel.idle_until, channel)

    def _restore_messages(self, channel: Channel, messages: Iterable[Message]) -> None:
        stored = channel.stored
        newest = stored.newest.time if stored else None
        unchanged = self.templates.unchanged
        for message in messages:
            # All share one object: decoding has made one for each.
            message.channel = channel.id
            if message.texts == unchanged:
                message.texts = unchanged
            if message.time != newest:
                newest = message.time
                self._ages.add(newest, channel)
            message.time = newest
        stored.extend(messages)
