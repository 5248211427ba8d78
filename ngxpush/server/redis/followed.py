"""What a worker knows of the channels of a shard that it has subscribers of.

Enough to come back after the connection was lost: how many subscribers there are, which of the channels that have had this id it
is (its incarnation), and the last message that the subscribers have got.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from ...push.messages import Message
from .language import ChannelPosition, Held


class FollowedChannel(Struct, gc=False):
    """A channel with so many subscribers here. time, tag: of the last message; 0 where there is none yet."""

    incarnation: int
    time: int
    tag: int
    subscribers: int = 0


class FollowedChannels:
    """The channels of a shard that have subscribers here, and these subscribers.

    clients: how many clients the shard has to count. One with channels in several shards is counted in one and may be taken off
    in another one (see shards.py): only the sum over all shards is a number of clients.
    """

    __slots__ = ("_channels", "clients")

    def __init__(self) -> None:
        self.clients = 0
        self._channels: dict[bytes, FollowedChannel] = {}

    def __contains__(self, id: bytes) -> bool:
        return id in self._channels

    def follow(self, position: ChannelPosition) -> None:
        """There is one more subscriber, of what comes after the position."""
        channel = self._channels.get(position.channel)
        if channel is None:
            channel = FollowedChannel(position.incarnation, position.time, position.tag)
            self._channels[position.channel] = channel
        channel.subscribers += 1

    def leave(self, ids: Iterable[bytes], clients: int) -> None:
        """So many clients left; `ids` names their channels as often as they do."""
        self.clients -= clients
        for id in ids:
            channel = self._channels.get(id)
            if channel is None:
                continue
            channel.subscribers -= 1
            if not channel.subscribers:
                del self._channels[id]

    def is_new(self, message: Message) -> bool:
        """Take note of a message. False: no one here is to get it, or all have it."""
        channel = self._channels.get(message.channel)
        if channel is None or (message.time, message.tag) <= (channel.time, channel.tag):
            return False
        channel.time, channel.tag = message.time, message.tag
        return True

    def go_on(self, position: ChannelPosition) -> None:
        """The subscribers of that channel have got all messages up to the position."""
        channel = self._channels.get(position.channel)
        if channel is not None:
            channel.incarnation, channel.time, channel.tag = position.incarnation, position.time, position.tag

    def end(self, id: bytes) -> bool:
        """A channel is gone. Returns whether it had subscribers."""
        return self._channels.pop(id, None) is not None

    def held(self) -> list[Held]:
        """All of them, as `Rejoin` names them."""
        return [
            Held(ChannelPosition(id, channel.incarnation, channel.time, channel.tag), channel.subscribers)
            for id, channel in self._channels.items()
        ]
