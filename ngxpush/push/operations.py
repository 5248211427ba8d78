"""The language of the zone: what it is asked, and what it answers.

An operation is a frozen value: it says everything but the time.  The same value is what a handler asks for, what the journal
writes down (with its time: `Entry`), what a worker sends to a zone in another process, and what `explain` shows.  The zone does
it whole: one operation, one result, no state between two of them.

An operation that changes the zone is in `Change`; one that only asks is in `Query`, and no journal needs it.  The type parameter
of `ZoneOperation` is the type of the result.  `encode` and the decoders here are the only codec: MessagePack, each struct an
array that begins with its name.
"""

from __future__ import annotations

import enum
from typing import Any, Generic, Protocol, TypeGuard, TypeVar, get_args

import msgspec
from msgspec import Struct

from .messages import Message

R = TypeVar("R")

# -- results --------------------------------------------------------------------------------------------------------------------


class ChannelInfo(Struct, frozen=True, array_like=True, gc=False):
    """A channel as the statistics print it."""

    channel: bytes
    published_messages: int
    stored_messages: int
    subscribers: int


class Published(Struct, frozen=True, array_like=True, tag=True, gc=False):
    """The channels a message was published to, as they were before any subscriber got it.

    logged: what the error log says of workers it could not be passed on to, as in Refusal.
    """

    infos: tuple[ChannelInfo, ...]
    logged: tuple[str, ...] = ()


class Listing(Struct, frozen=True, array_like=True, tag=True, gc=False):
    """Some of the zone's channels (`infos`), with its totals as the statistics print them. uptime: seconds.

    last: what to ask for `Channels` after, to get the next ones; 0 where there are no more.
    """

    channels: int
    wildcard_channels: int
    uptime: int
    infos: tuple[ChannelInfo, ...]
    last: int = 0


class ChannelState(Struct, frozen=True, array_like=True, gc=False):
    """A channel, when it had its last message, stored or not (time and tag; 0: none yet), and the newest it has stored.

    memory: the bytes of the zone's memory that it takes with its messages.
    """

    info: ChannelInfo
    time: int
    tag: int
    memory: int
    messages: tuple[Message, ...] = ()


class Inspected(Struct, frozen=True, array_like=True, tag=True, gc=False):
    """Channels as `Inspect` finds them."""

    states: tuple[ChannelState, ...]


class WorkerInfo(Struct, frozen=True, array_like=True, gc=False):
    """A worker as the statistics print it. uptime: seconds."""

    name: str
    pid: int
    subscribers: int
    uptime: int


class Totals(Struct, frozen=True, array_like=True, tag=True, gc=False):
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


class MemoryUse(Struct, frozen=True, array_like=True, tag=True, gc=False):
    """The zone's memory: bytes in use, by whole pages, how many there are, and how often something did not fit."""

    used: int
    size: int
    failures: int


class Refusal(Struct, frozen=True, array_like=True, tag=True, gc=False):
    """Why an operation was not done: the HTTP status and the text for X-Nginx-PushStream-Explain (b"" for none).

    logged: what the error log says of it after `push stream module: `, line by line, at `level`.
    error_page: whether nginx's own page is the answer of a publisher.
    """

    status: int
    explain: bytes = b""
    logged: tuple[str, ...] = ()
    level: str = "error"
    error_page: bool = False


class Subscribed(Struct, frozen=True, array_like=True, tag=True, gc=False):
    """The result of a subscription that is not refused.

    messages: the old messages, in the order in which they are to be sent, then the events that this subscription itself caused,
    where the events channel stands before others in its path.
    time, tag: of the newest message of all channels that have old ones for the client, even if that message is not stored; 0
    where no channel has.
    staying: whether the client is a subscriber now; it has to be unsubscribed when it leaves.
    heard: the channels that a client that stays is a subscriber of, where there was no memory for others; None: all.
    """

    messages: tuple[Message, ...] = ()
    staying: bool = True
    time: int = 0
    tag: int = 0
    heard: tuple[bytes, ...] | None = None


# -- operations -----------------------------------------------------------------------------------------------------------------


class ZoneOperation(Struct, Generic[R], frozen=True, array_like=True, tag=True, gc=False):
    """Something a zone does. R: its result.

    Where one names a worker, that is the worker's name: it is unique over all machines, at all times.
    """


class Attach(ZoneOperation[None], frozen=True):
    """A worker has started. pid: its process, which the statistics print."""

    worker: str
    pid: int


class Forget(ZoneOperation[bool], frozen=True):
    """A worker is gone, and its subscribers with it. The events channel does not report it.

    The result is True when not all is done: some channels still count its subscribers. Whoever has the zone does it again then.
    """

    worker: str


class Create(ZoneOperation[Refusal | None], frozen=True):
    """Make the channels that do not exist. Those made before a refused one stay."""

    channels: tuple[bytes, ...]


class Publish(ZoneOperation[Published | Refusal], frozen=True):
    """Publish a message to each of the channels, and make those that do not exist. store: the channels keep it."""

    channels: tuple[bytes, ...]
    text: bytes
    store: bool
    event_id: bytes | None = None
    event_type: bytes | None = None


class ChannelRequest(Struct, frozen=True, array_like=True, gc=False):
    """One channel a client names, with the number of old messages it asks for (`.bN`); None when it names none."""

    id: bytes
    backtrack: int | None = None


class Resume(Struct, frozen=True, array_like=True, gc=False):
    """Where a subscriber left off: at this event id, or at this time (seconds since the epoch) and tag."""

    time: int | None = None
    tag: int | None = None
    event_id: bytes | None = None

    def has(self, message: Message) -> bool:
        """Whether a client that left off here has got that message already. A time without a tag stands for all of its second."""
        if self.time is None:
            return self.event_id is not None and message.event_id == self.event_id
        return message.time < self.time or (message.time == self.time and (self.tag is None or message.tag <= self.tag))


class Stay(enum.Enum):
    """Whether a client becomes a subscriber, or is answered with the old messages alone."""

    NEVER = "never"  # polling
    UNLESS_MESSAGES = "unless-messages"  # long-polling
    ALWAYS = "always"  # streaming, eventsource, websocket


# Python 3.11 looks a member up by several calls, and each subscription compares some.
NEVER, UNLESS_MESSAGES, ALWAYS = Stay


class Subscribe(ZoneOperation[Subscribed | Refusal], frozen=True):
    """What a client of a subscriber location asks for, with the location's settings (their names are the directives').

    The result holds the old messages; from then on (see Stay) the worker gets the channels' messages.  The caller registers
    its subscriber before it waits for anything else.
    """

    worker: str
    channels: tuple[ChannelRequest, ...]
    resume: Resume = Resume()
    stay: Stay = ALWAYS
    authorized_channels_only: bool = False
    wildcard_channel_max_qtd: int | None = None
    allow_connections_to_events_channel: bool = False


class Unsubscribe(ZoneOperation[None], frozen=True):
    """So many subscribers (`clients`) left. channels: theirs, as often as they named them, without those deleted meanwhile."""

    worker: str
    channels: tuple[bytes, ...]
    clients: int = 1


class Delete(ZoneOperation["bool | Refusal"], frozen=True):
    """Delete channels. The result is False when none of them existed. Those deleted before a refused one are gone.

    text: their subscribers' last message; None: push_stream_channel_deleted_message_text.
    """

    channels: tuple[bytes, ...]
    text: bytes | None = None


class Collect(ZoneOperation[bool], frozen=True):
    """The work of the zone's timer, or a slice of it: every lifetimes.COLLECT_INTERVAL from the start of a worker.

    The result is True when not all is done.
    """


class CollectMessages(ZoneOperation[bool], frozen=True):
    """The work of the second timer: every lifetimes.COLLECT_MESSAGES_INTERVAL from the first publish. See Collect."""


class ChannelsInfo(ZoneOperation[Listing], frozen=True):
    """Those of the channels that exist, in the order and as often as they are named."""

    channels: tuple[bytes, ...]


class Channels(ZoneOperation[Listing], frozen=True):
    """The channels whose id begins with `prefix`, the oldest first.

    There may be more of them than one answer has: after it the next ones are asked for, with `Listing.last` as `after`.
    """

    prefix: bytes = b""
    after: int = 0


LARGEST_INSPECTED = 2 * 1024 * 1024
"""Bytes of a channel's messages that `Inspect` shows. It may be asked every second, and an answer from Redis has a limit."""


class Inspect(ZoneOperation[Inspected], frozen=True):
    """Those of the channels that exist, as the console shows them. messages: how many of each one's stored messages, at most.

    Of large ones fewer are shown: the newest, and those before it with which all have no more than LARGEST_INSPECTED bytes.
    measured: of so many of each one's newest messages the memory is counted; others are taken to be as large as these are. In
    Redis fewer are counted where they are large.
    """

    channels: tuple[bytes, ...]
    messages: int = 0
    measured: int = 1


class Summary(ZoneOperation[Totals], frozen=True):
    """The zone as a whole."""


class UsedMemory(ZoneOperation[MemoryUse], frozen=True):
    """How full the zone's memory is."""


Change = Attach | Forget | Create | Publish | Subscribe | Unsubscribe | Delete | Collect | CollectMessages
Query = ChannelsInfo | Channels | Inspect | Summary | UsedMemory
Result = Published | Refusal | Subscribed | Listing | Inspected | Totals | MemoryUse | bool | None

_CHANGES = frozenset(get_args(Change))


def is_change(operation: ZoneOperation[Any]) -> TypeGuard[Change]:
    """Whether an operation changes the zone."""
    return type(operation) in _CHANGES


class Entry(Struct, frozen=True, array_like=True, tag="E", gc=False):
    """An operation that was done, and when: what a journal holds. time: whole seconds since the epoch."""

    time: int
    operation: Change


encode = msgspec.msgpack.Encoder().encode
decode_entry = msgspec.msgpack.Decoder(Entry).decode


class ZoneLost(ConnectionError):
    """The zone can't be reached any more: the process that held it is gone, or what it says makes no sense."""


class ZoneAway(ZoneLost):
    """The zone can't be reached now, and may be back at any moment. The text is the reason, which clients get."""


# -- the two sides --------------------------------------------------------------------------------------------------------------


class Recipient(Protocol):
    """A worker as the zone sees it: it gets each message on a channel it has subscribers of."""

    def message(self, message: Message) -> None: ...

    def deleted(self, message: Message) -> None:
        """The channel `message.channel` is gone; `message` (id -2) is the last its subscribers get."""


class SharedZone(Protocol):
    """The zone as a worker uses it, wherever it lives. Operations are done at the time of the zone's own clock.

    These three calls, `waits`, and the two calls of Recipient are all an engine for channels has to offer
    (tests/push/zone_contract.py).
    """

    @property
    def waits(self) -> bool:
        """Whether `do` may wait for the result; a zone in the same process has it at once."""

    def listen(self, worker: str, recipient: Recipient) -> None:
        """Give `recipient`, from now on, the messages on channels that this worker has subscribers of."""

    async def do(self, operation: ZoneOperation[R]) -> R:
        """Do the operation. Operations of one worker are done in the order in which it asks for them. Raises ZoneLost."""

    def post(self, operation: ZoneOperation[Any]) -> None:
        """Have the operation done, in its order, without waiting for the result."""
