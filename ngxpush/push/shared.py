"""What passes between a worker and the zone: messages, what is asked of the zone, and its answers.

All of it is plain data that can be pickled, for the zone may live in another process.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Protocol, Self

# Ids of the module's own messages.
PING_ID = -1
DELETED_ID = -2
TIMED_OUT_ID = -3


@dataclass(slots=True)
class Message:
    """A published message. It is read by many and changed by none once the zone has filled in its texts.

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


class Templates(Protocol):
    """The templates of a configuration, as the zone uses them (push/templates.py)."""

    def texts(self, message: Message) -> tuple[bytes, ...]:
        """`message` run through each of them."""

    def carried_over(self, message: Message, before: Self) -> tuple[bytes, ...]:
        """The texts of a stored message after a reload that replaced the templates `before` by these."""


@dataclass(frozen=True, slots=True)
class ChannelInfo:
    channel: bytes
    published_messages: int
    stored_messages: int
    subscribers: int


@dataclass(frozen=True, slots=True)
class Listing:
    """Some of the zone's channels (`infos`), with its totals as the statistics print them. uptime: seconds."""

    channels: int
    wildcard_channels: int
    uptime: int
    infos: tuple[ChannelInfo, ...]


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


class Stay(enum.Enum):
    """Whether a client becomes a subscriber, or is done with what there is."""

    NEVER = "never"  # polling
    UNLESS_MESSAGES = "unless-messages"  # long-polling
    ALWAYS = "always"  # streaming, eventsource, websocket


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a client of a subscriber location asks for, with the location's settings (their names are the directives')."""

    channels: tuple[ChannelRequest, ...]
    resume: Resume = Resume()
    stay: Stay = Stay.ALWAYS
    authorized_channels_only: bool = False
    wildcard_channel_max_qtd: int | None = None
    allow_connections_to_events_channel: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an operation was not done: the HTTP status and the text for X-Nginx-PushStream-Explain (b"" for none).

    logged: what the error log says of it behind `push stream module: ` ("" for nothing), at `level`.
    """

    status: int
    explain: bytes = b""
    logged: str = ""
    level: str = "error"


@dataclass(frozen=True, slots=True)
class Subscribed:
    """What a granted request begins with.

    messages: the old messages, in the order they are to be sent, then the events this very subscription caused when the events
    channel stands before others in its path.
    staying: whether the client is a subscriber now; it has to be unsubscribed when it leaves.
    """

    messages: tuple[Message, ...] = ()
    staying: bool = True


class Listener(Protocol):
    """A worker as the zone sees it: told of each message on a channel it has subscribers of."""

    pid: int

    def message(self, message: Message) -> None: ...

    def deleted(self, message: Message) -> None:
        """The channel `message.channel` is gone; `message` (id -2) is the last its subscribers get."""


class SharedZone(Protocol):
    """The zone as a worker's handlers use it, wherever it lives. Its time is the worker's own clock."""

    async def create(self, ids: tuple[bytes, ...]) -> Refusal | None:
        """Make those of the channels that are missing. Those before a refused one stay made."""

    async def publish(
        self, ids: tuple[bytes, ...], text: bytes, store: bool, event_id: bytes | None = None, event_type: bytes | None = None
    ) -> tuple[ChannelInfo, ...] | Refusal:
        """Give a message to each of the channels, making what is missing. The answer is from before anyone was told of it."""

    async def subscribe(self, subscription: Subscription) -> Subscribed | Refusal:
        """Old messages, and from now on (see Stay) this worker's Listener is told of the channels' messages.

        The caller registers its subscriber before it waits for anything else.
        """

    def unsubscribe(self, ids: tuple[bytes, ...]) -> None:
        """A subscriber left: `ids` are its channels, as often as it named them, without those deleted meanwhile."""

    async def delete(self, ids: tuple[bytes, ...], text: bytes | None = None) -> bool:
        """Delete channels; `text` (None: the configured one) is their subscribers' last message. False when none was there."""

    async def channels_info(self, ids: tuple[bytes, ...]) -> Listing:
        """Those of the channels that exist, in the order and as often as they are named."""

    async def channels(self, prefix: bytes = b"") -> Listing:
        """All channels whose id begins with `prefix`, the oldest first."""

    async def summary(self) -> Summary: ...
