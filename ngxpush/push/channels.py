"""A channel: its messages, its counters, and which of the old messages a client gets."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from .memory import Memory, Places
from .messages import Message
from .operations import LARGEST_INSPECTED, ChannelInfo, ChannelState, Resume
from .rows import Row


class Channel:
    """A channel of the zone.

    number: 1, 2, … in the order in which channels were made.  published: messages so far, which is the id of the last one.
    time, tag: of the last message, stored or not.
    stored: the messages kept, oldest first.  stored_places: where the objects of each lie in the zone's memory.
    subscribers: a worker's name → how many it has; workers without any are left out.
    idle_until: the second after which an empty channel is dropped.  watched: it is on the agenda for that.
    places: where its own objects lie.  entries: a worker's name → where that of its subscribers lies; it stays when they leave.
    saved: the number of the last snapshot that has it (push/snapshot.py).
    """

    __slots__ = (
        "entries",
        "id",
        "idle_until",
        "number",
        "places",
        "published",
        "saved",
        "stored",
        "stored_places",
        "subscribers",
        "tag",
        "time",
        "watched",
        "wildcard",
    )

    def __init__(self, id: bytes, number: int, wildcard: bool, idle_until: int, places: Places) -> None:
        self.id = id
        self.number = number
        self.wildcard = wildcard
        self.idle_until = idle_until
        self.places = places
        self.published = 0
        self.time = 0
        self.tag = 0
        self.saved = 0
        self.watched = True
        self.stored: Row[Message] = Row()
        self.stored_places: Row[Places] = Row()
        self.subscribers: dict[str, int] = {}
        self.entries: dict[str, Places] = {}

    @property
    def subscriber_count(self) -> int:
        return sum(self.subscribers.values()) if self.subscribers else 0

    @property
    def all_places(self) -> Places:
        """Where all its objects but the messages lie."""
        return b"".join([self.places, *self.entries.values()])

    @property
    def info(self) -> ChannelInfo:
        return ChannelInfo(self.id, self.published, len(self.stored), self.subscriber_count if self.subscribers else 0)

    def state(self, memory: Memory, messages: int, measured: int) -> ChannelState:
        """The channel with so many of its stored messages, at most. measured: see `Inspect`."""
        shown = _inspected(self.stored.last(messages)) if messages else ()
        return ChannelState(self.info, self.time, self.tag, self._bytes_in(memory, measured), shown)

    def _bytes_in(self, memory: Memory, measured: int) -> int:
        own, newest = memory.bytes_at(self.all_places), self.stored_places.last(measured) if self.stored else []
        counted = memory.bytes_at(b"".join(newest))
        return own + (counted if len(newest) == len(self.stored) else counted * len(self.stored) // len(newest))

    def old_messages(self, backtrack: int | None, resume: Resume) -> Sequence[Message]:
        """The stored messages for a client that asks for the last `backtrack` or, without that number, resumes at `resume`."""
        if backtrack:
            return self.stored.last(backtrack)
        if resume.event_id or resume.time is not None:
            return _after(self.stored, resume)
        return ()


def _inspected(messages: Sequence[Message]) -> tuple[Message, ...]:
    """Those that `Inspect` shows."""
    left = LARGEST_INSPECTED
    for number, message in enumerate(reversed(messages)):
        left -= len(message.text)
        if left < 0 and number:
            return tuple(messages[-number:])
    return tuple(messages)


def _after(messages: Row[Message], resume: Resume) -> list[Message]:
    """The messages after the place where a client left off.

    The place is the first message with its event id, or the first that is newer than its time and tag, whichever comes first
    (recordings old-messages/last-event-id-and-if-modified-since, …/if-none-match-within-one-second). A time without a tag leaves
    out all messages of that second.
    """
    newer: list[Message] = []
    if resume.time is not None and messages and not resume.has(messages.newest):  # most have got all of them
        newer = messages.after(resume.has)
    if resume.event_id:
        iterator = iter(messages)
        for message in islice(iterator, len(messages) - len(newer) + bool(newer)):
            if message.event_id == resume.event_id:
                return list(iterator)
    return newer
