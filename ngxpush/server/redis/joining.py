"""How a worker joins a shard, for the first time and after each loss of the connection (see language.Rejoin).

It tells the shard what subscribers it has, and gets the messages that they have missed: in parts, each of which is short work for
Redis.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable

from msgspec import Struct, field

from ...push.messages import Message
from .language import ChannelPosition, Held, Rejoin, Rejoined

HELD_AT_ONCE = 250
"""Channels in one Rejoin: a millisecond or two, in which Redis does nothing else."""


DoRejoin = Callable[[Rejoin], Awaitable[Rejoined]]


class Joiner(Struct, frozen=True):
    """A worker as it joins. clients: how many it has in this shard.  held: their channels."""

    worker: str
    pid: int
    clients: int
    held: list[Held]


class Missed(Struct):
    """What a worker has missed. messages: in the order in which they were published, over all channels.

    deleted: the last messages of channels that are gone.  positions: of the channels that are still there.
    """

    messages: list[Message] = field(default_factory=list)
    deleted: list[Message] = field(default_factory=list)
    positions: list[ChannelPosition] = field(default_factory=list)


async def join(joiner: Joiner, rejoin: DoRejoin, subscribe: Callable[[], Awaitable[None]], twice: bool) -> Missed:
    """Join. `rejoin` has one operation done, `subscribe` subscribes to the worker's topic; what they raise ends this.

    twice: what was missed comes before the subscription, and what is new since then after it. Redis closes the connection of a
    subscriber for whom more waits than `client-output-buffer-limit pubsub`; one message may be longer.
    """
    before = await catch_up(joiner, rejoin) if twice else None
    await subscribe()
    if before is None:
        return await catch_up(joiner, rejoin)
    subscribers = {held.position.channel: held.subscribers for held in joiner.held}
    held = [Held(position, subscribers[position.channel]) for position in before.positions]
    missed = await catch_up(Joiner(joiner.worker, joiner.pid, joiner.clients, held), rejoin)
    return Missed(before.messages + missed.messages, before.deleted + missed.deleted, missed.positions)


async def catch_up(joiner: Joiner, rejoin: DoRejoin) -> Missed:
    """Tell the shard what the worker holds, and get what it has missed.

    Messages are sorted only when all are there: a client that leaves in between, and resumes at the last one it has got, must
    not have got those of one channel alone.
    """
    missed = Missed()
    waiting = deque(joiner.held)
    while waiting:
        some = tuple([waiting.popleft() for _ in range(min(len(waiting), HELD_AT_ONCE))])
        rejoined = await rejoin(Rejoin(joiner.worker, joiner.pid, joiner.clients, some, last=False))
        missed.messages += rejoined.messages
        missed.deleted += rejoined.deleted
        missed.positions += rejoined.positions
        subscribers = {held.position.channel: held.subscribers for held in some}
        waiting.extendleft([Held(position, subscribers[position.channel]) for position in rejoined.behind])
    while (await rejoin(Rejoin(joiner.worker, joiner.pid, joiner.clients, last=True))).more:
        pass
    missed.messages.sort(key=lambda message: (message.time, message.tag))
    return missed
