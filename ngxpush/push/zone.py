"""The zone: what all workers share. Channels, messages, counters, memory.

Every operation is whole: one call, one answer, no state between two calls. So it does not matter whether the zone lives in this
process or behind a socket: `Zone` is called directly by a single worker, and by a process that serves several of them.
The time is passed in. Names and numbers are the module's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Message:
    """A published message.

    id: 1, 2, … in its channel; negative for the module's own (-1 ping, -2 channel deleted, -3 timed out).
    time: whole seconds.  tag: 1, 2, … over all channels of the zone within one second.
    texts: the message run through each template of the zone's configuration (push/templates.py) when it was published; a stored
    message keeps them over a reload, as the module's do.  Subscribers know their template's index.
    """

    id: int
    channel: bytes
    text: bytes
    time: int
    tag: int
    event_id: bytes | None = None
    event_type: bytes | None = None
    texts: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class ChannelInfo:
    channel: bytes
    published_messages: int
    stored_messages: int
    subscribers: int


@dataclass(frozen=True, slots=True)
class WorkerInfo:
    pid: int
    subscribers: int
    uptime: int


@dataclass(frozen=True, slots=True)
class Summary:
    """The zone's counters as the statistics document prints them."""

    channels: int
    wildcard_channels: int
    published_messages: int
    stored_messages: int
    messages_in_trash: int
    channels_in_delete: int
    channels_in_trash: int
    subscribers: int
    uptime: int
    by_worker: tuple[WorkerInfo, ...] = ()


@dataclass(frozen=True, slots=True)
class ChannelRequest:
    """One channel a client names, with the number of old messages it asks for (`.bN`); None when it names none."""

    id: bytes
    backtrack: int | None = None


@dataclass(frozen=True, slots=True)
class Resume:
    """Where a subscriber wants to go on: after this event id, or after this time (seconds) and tag."""

    time: int | None = None
    tag: int | None = None
    event_id: bytes | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an operation was not done: the HTTP status and the text for X-Nginx-PushStream-Explain (b"" for none)."""

    status: int
    explain: bytes = b""


@dataclass(frozen=True, slots=True)
class Subscribed:
    """What a granted subscription begins with: the old messages, in the order they are to be sent."""

    messages: tuple[Message, ...] = ()


class Listener(Protocol):
    """A worker as the zone sees it: told of each message on a channel it has subscribers of."""

    pid: int

    def message(self, message: Message) -> None: ...

    def deleted(self, message: Message) -> None:
        """The channel `message.channel` is gone; `message` (id -2) is the last its subscribers get."""
