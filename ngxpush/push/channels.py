"""A channel: its messages, its counters, and which of the old messages a client gets."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from itertools import islice

from msgspec import Struct

from .messages import Message
from .operations import ChannelInfo, Resume


class ChannelSnapshot(Struct, frozen=True, array_like=True):
    """Everything about a channel (see Channel)."""

    id: bytes
    wildcard: bool
    idle_until: int
    published: int
    stored: tuple[Message, ...]
    subscribers: dict[str, int]


class Channel:
    """A channel of the zone.

    published: messages so far, which is the id of the last one.  stored: the messages kept, oldest first.
    subscribers: a worker's name → how many it has; workers without any are left out.
    idle_until: the second after which an empty channel is dropped.
    """

    __slots__ = ("id", "idle_until", "published", "stored", "subscribers", "wildcard")

    def __init__(self, id: bytes, wildcard: bool, idle_until: int) -> None:
        self.id = id
        self.wildcard = wildcard
        self.idle_until = idle_until
        self.published = 0
        self.stored: deque[Message] = deque()
        self.subscribers: dict[str, int] = {}

    @property
    def subscriber_count(self) -> int:
        return sum(self.subscribers.values())

    @property
    def info(self) -> ChannelInfo:
        return ChannelInfo(self.id, self.published, len(self.stored), self.subscriber_count)

    def old_messages(self, backtrack: int | None, resume: Resume) -> Iterable[Message]:
        """The stored messages for a client that asks for the last `backtrack` or, without that number, resumes at `resume`."""
        if backtrack:
            return islice(self.stored, max(len(self.stored) - backtrack, 0), None)
        if resume.event_id or resume.time is not None:
            return _after(self.stored, resume)
        return ()

    def snapshot(self) -> ChannelSnapshot:
        """Everything about the channel."""
        return ChannelSnapshot(
            self.id, self.wildcard, self.idle_until, self.published, tuple(self.stored), dict(self.subscribers)
        )

    @classmethod
    def restore(cls, snapshot: ChannelSnapshot) -> Channel:
        """The channel of that `snapshot`. It takes over the messages of the snapshot."""
        channel = cls(snapshot.id, snapshot.wildcard, snapshot.idle_until)
        channel.published = snapshot.published
        channel.subscribers = dict(snapshot.subscribers)
        for message in snapshot.stored:
            message.channel = channel.id  # all share one object: decoding has made one for each
        channel.stored.extend(snapshot.stored)
        return channel


def _after(messages: Iterable[Message], resume: Resume) -> list[Message]:
    """The messages after the place where a client left off.

    The place is the first message with its event id, or the first that is newer than its time and tag, whichever comes first
    (recordings old-messages/last-event-id-and-if-modified-since, …/if-none-match-within-one-second). A time without a tag leaves
    out all messages of that second.
    """
    iterator = iter(messages)
    for message in iterator:
        if resume.event_id and message.event_id == resume.event_id:
            return list(iterator)
        if resume.time is None or message.time < resume.time:
            continue
        if message.time > resume.time:
            return [message, *iterator]
        if resume.tag is None or message.tag < resume.tag:
            continue
        return list(iterator) if message.tag == resume.tag else [message, *iterator]
    return []
