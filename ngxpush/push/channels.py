"""A channel: its messages, its counters, and which of the old messages a client gets."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from itertools import islice
from typing import Any

from .shared import ChannelInfo, Message, Resume


class Channel:
    """A channel of the zone.

    published: messages so far, which is the id of the last one.  stored: the messages kept, oldest first.
    subscribers: how many each worker (by pid) has; workers without any are not in it.
    idle_until: the second after which an empty channel is dropped.
    """

    __slots__ = ("id", "idle_until", "published", "stored", "subscribers", "wildcard")

    def __init__(self, id: bytes, wildcard: bool, idle_until: int) -> None:
        self.id = id
        self.wildcard = wildcard
        self.idle_until = idle_until
        self.published = 0
        self.stored: deque[Message] = deque()
        self.subscribers: dict[int, int] = {}

    @property
    def subscriber_count(self) -> int:
        return sum(self.subscribers.values())

    @property
    def info(self) -> ChannelInfo:
        return ChannelInfo(self.id, self.published, len(self.stored), self.subscriber_count)

    def old_messages(self, backtrack: int | None, resume: Resume) -> Iterable[Message]:
        """The stored messages a client gets that asks for the last `backtrack`, or else wants to go on at `resume`."""
        if backtrack:
            return islice(self.stored, max(len(self.stored) - backtrack, 0), None)
        if resume.event_id or resume.time is not None:
            return _after(self.stored, resume)
        return ()

    def snapshot(self) -> tuple[Any, ...]:
        """Everything about the channel as plain data."""
        stored = [
            (message.id, message.text, message.time, message.tag, message.event_id, message.event_type, message.texts)
            for message in self.stored
        ]
        return self.id, self.wildcard, self.idle_until, self.published, stored, dict(self.subscribers)

    @classmethod
    def restore(cls, snapshot: tuple[Any, ...]) -> Channel:
        """The channel of that `snapshot`."""
        id, wildcard, idle_until, published, stored, subscribers = snapshot
        channel = cls(id, wildcard, idle_until)
        channel.published = published
        for message_id, text, *rest in stored:
            channel.stored.append(Message(message_id, id, text, *rest))
        channel.subscribers = dict(subscribers)
        return channel


def _after(messages: Iterable[Message], resume: Resume) -> list[Message]:
    """The messages behind the place where a client left off.

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
