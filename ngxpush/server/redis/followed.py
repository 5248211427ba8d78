"""What a worker knows of the channels of a shard that it has subscribers of.

Enough to come back after the connection was lost: how many subscribers there are, which of the channels that have had this id it is
(its incarnation), and the last message that the subscribers have got.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from ...push.messages import Message


class FollowedChannel(Struct, gc=False):
    """A channel with subscribers here. last: the id of the last message; 0: none yet."""

    incarnation: int
    last: int
    subscribers: int = 0


class FollowedChannels:
    """The channels of a shard, by their ids."""

    def __init__(self) -> None:
        self.channels: dict[bytes, FollowedChannel] = {}

    def follow(self, id: bytes, incarnation: int, last: int) -> None:
        """There is one more subscriber. last: the id of the last message that it is not going to hear of."""
        channel = self.channels.get(id)
        if channel is None:
            channel = self.channels[id] = FollowedChannel(incarnation, last)
        channel.subscribers += 1

    def leave(self, ids: Iterable[bytes]) -> None:
        """Subscribers left, one for each time that a channel is named."""
        for id in ids:
            channel = self.channels.get(id)
            if channel is None:
                continue
            channel.subscribers -= 1
            if not channel.subscribers:
                del self.channels[id]

    def is_new(self, message: Message) -> bool:
        """Take note of a message. False: no one here is to get it, or all have it."""
        channel = self.channels.get(message.channel)
        if channel is None or message.id <= channel.last:
            return False
        channel.last = message.id
        return True

    def end(self, id: bytes) -> bool:
        """A channel is gone. Returns whether it had subscribers."""
        return self.channels.pop(id, None) is not None
