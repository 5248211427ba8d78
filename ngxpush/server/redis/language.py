"""What the function in Redis is asked besides the operations of the zone, and in what it answers: frames.

A frame is MessagePack: `CallDone`, or `Heard` or `Deleted` of server/zone/dialogue.py. Frames for the worker that asks are the
reply of the function; those for others are published to their topics. Both are an array of frames, in their order. Messages come
first, then the result: what an operation makes a worker hear was before its result.
"""

from __future__ import annotations

from msgspec import Struct

from ...push.messages import Message
from ...push.operations import Result, ZoneOperation
from ..zone.dialogue import Deleted, Heard


class ChannelPosition(Struct, frozen=True, array_like=True, gc=False):
    """How far a worker has got in a channel that it has subscribers of.

    incarnation: the number of the channel; one that is made after its deletion has a higher number.
    time, tag: of the channel's last message, stored or not; 0 where it has none yet.
    """

    channel: bytes
    incarnation: int
    time: int = 0
    tag: int = 0


class Held(Struct, frozen=True, array_like=True, gc=False):
    """A channel that a worker has subscribers of: so many, counted as often as each names it. position: its last message here."""

    position: ChannelPosition
    subscribers: int


class Rejoined(Struct, frozen=True, array_like=True, tag=True, gc=False):
    """What a worker that was away has missed of the channels it holds.

    messages: the stored ones, channel by channel, the oldest first.
    deleted: the last messages of channels that were deleted meanwhile. They are not held any more.
    positions: of the channels whose messages are all here; from now on the worker hears of others.
    behind: how far channels have got that have more messages. They are to be held again, at these positions.
    more: whether the zone still counts subscribers of before; the last call is to be repeated, without channels.
    """

    messages: tuple[Message, ...] = ()
    deleted: tuple[Message, ...] = ()
    positions: tuple[ChannelPosition, ...] = ()
    behind: tuple[ChannelPosition, ...] = ()
    more: bool = False


class Rejoin(ZoneOperation[Rejoined], frozen=True):
    """A worker is here, for the first time or again, with its clients and, in some calls, all channels it holds.

    It has to be the first operation of a session. The last call (`last`) makes the zone forget what else it counted for this
    worker. A channel that the zone has lost is made anew.
    clients: how many are subscribed in the worker now.
    """

    worker: str
    pid: int
    clients: int = 0
    channels: tuple[Held, ...] = ()
    last: bool = True


class ZoneEvent(Struct, frozen=True, array_like=True, gc=False):
    """Something to report in the events channel: its type, and the channel it happened to."""

    type: bytes
    channel: bytes


class ReportEvents(ZoneOperation[None], frozen=True):
    """Report events of another shard in the events channel, which is in this one."""

    events: tuple[ZoneEvent, ...]


class CallDone(Struct, frozen=True, array_like=True, tag=True):
    """The result of a call.

    positions: of the channels that `Subscribe` has just made someone a subscriber of.
    failures: how often something did not fit into the zone's memory.
    events: what is to be reported in the shard of the events channel, if that is another one.
    """

    number: int
    result: Result | Rejoined
    positions: tuple[ChannelPosition, ...] = ()
    failures: int = 0
    events: tuple[ZoneEvent, ...] = ()


Frame = CallDone | Heard | Deleted
