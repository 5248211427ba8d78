"""A zone as a sequence of values: what is kept of it when it moves to another process, or when its journal has become long.

A zone that is restored from them does the later operations again. A large zone is saved piece by piece while it goes on:
`Saving` gives it as it was at the beginning. A channel that is about to change before its turn comes is noted down first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from .channels import Channel
from .lifetimes import Trash
from .memory import MemorySnapshot, Places
from .messages import Message

# The texts of the messages in one value, in bytes, but for the last one.
_BYTES = 1 << 14


class WorkerSnapshot(Struct, frozen=True, array_like=True, gc=False):
    """A worker of the zone. started: the second it started.  subscribers: how many clients it has."""

    name: str
    pid: int
    started: int
    subscribers: int


class SavedHead(Struct, frozen=True, array_like=True, tag="H"):
    """The beginning: what a zone is besides its channels and its trash. The fields are those of Contents."""

    started: int
    time: int
    tag: int
    published: int
    stored: int
    channels_made: int
    workers: tuple[WorkerSnapshot, ...]
    gone: dict[str, int]
    memory: MemorySnapshot


class SavedChannel(Struct, frozen=True, array_like=True, tag="C"):
    """A channel, without its messages (see Channel). deleted: it waits for the zone's timer."""

    id: bytes
    number: int
    wildcard: bool
    idle_until: int
    published: int
    time: int
    tag: int
    places: Places
    subscribers: dict[str, int]
    entries: dict[str, Places]
    deleted: bool


class SavedMessages(Struct, frozen=True, array_like=True, tag="M"):
    """Stored messages of the last SavedChannel, after those that came before."""

    messages: tuple[Message, ...]
    places: tuple[Places, ...]


class SavedTrash(Struct, frozen=True, array_like=True, tag="T"):
    """What was thrown away (see ThrownAway), after what came before."""

    until: int
    messages: tuple[Places, ...]
    channels: tuple[Places, ...]


Saved = SavedHead | SavedChannel | SavedMessages | SavedTrash

_Pieces = tuple[tuple[Places, ...], ...]

_Stored = tuple[tuple[tuple[Message, ...], ...], _Pieces]
"""Messages in pieces, and in the same pieces where the objects of each lie."""


class Saving:
    """A zone on its way into a snapshot. number: 1, 2, … of the zone's snapshots."""

    def __init__(
        self, number: int, head: SavedHead, channels: Iterable[Channel], deleted: Iterable[Channel], trash: Trash
    ) -> None:
        self.number = number
        self._head = head
        self._deleted = {channel.number for channel in deleted}
        self._channels = [*channels, *deleted]
        self._trash = [(second.until, second.messages.pieces(), second.channels.pieces()) for second in trash.seconds]
        self._noted: dict[int, tuple[SavedChannel, _Stored]] = {}

    def note(self, channel: Channel) -> None:
        """A channel is about to change: note down how it is, unless it is saved already or younger than the snapshot."""
        if channel.saved != self.number:
            channel.saved = self.number
            if channel.number <= self._head.channels_made:
                self._noted[channel.number] = self._save(channel)

    def values(self) -> Iterator[Saved]:
        """The zone, value by value. It may change between two of them."""
        yield self._head
        for channel in self._channels:
            if channel.saved == self.number:
                saved, stored = self._noted.pop(channel.number)
            else:
                channel.saved = self.number
                saved, stored = self._save(channel)
            yield saved
            yield from _in_pieces(stored)
        for until, thrown_away, channels in self._trash:
            yield from (SavedTrash(until, some, ()) for some in thrown_away)
            yield from (SavedTrash(until, (), some) for some in channels)

    def _save(self, channel: Channel) -> tuple[SavedChannel, _Stored]:
        """The channel as it is now, and its messages."""
        saved = SavedChannel(
            channel.id,
            channel.number,
            channel.wildcard,
            channel.idle_until,
            channel.published,
            channel.time,
            channel.tag,
            channel.places,
            dict(channel.subscribers),
            dict(channel.entries),
            channel.number in self._deleted,
        )
        return saved, (channel.stored.pieces(), channel.stored_places.pieces())


def _in_pieces(stored: _Stored) -> Iterator[SavedMessages]:
    for messages, places in zip(*stored, strict=True):
        begin = end = size = 0
        for end, message in enumerate(messages, 1):
            size += len(message.text)
            if size >= _BYTES or end == len(messages):
                yield SavedMessages(messages[begin:end], places[begin:end])
                begin, size = end, 0


def restored(saved: SavedChannel) -> Channel:
    """The channel of that value, without its messages."""
    channel = Channel(saved.id, saved.number, saved.wildcard, saved.idle_until, saved.places)
    channel.published = saved.published
    channel.time, channel.tag = saved.time, saved.tag
    channel.subscribers = dict(saved.subscribers)
    channel.entries = dict(saved.entries)
    return channel
