"""A worker that goes and comes back: what it holds, what it has heard, and what it should have heard."""

from __future__ import annotations

from msgspec.structs import replace

from ngxpush.push.messages import Message
from ngxpush.push.operations import ChannelRequest, ChannelsInfo, Delete, Publish, Subscribe
from ngxpush.server.redis.language import ChannelPosition, Held

from .zone_in_redis import OpenedRedisZone

WORKER = "w1"


class ComingAndGoing:
    """The worker, and all that is done in its zone.

    held: its channels, with how far it is and how many subscribers it has there.  heard, expected: the texts, by channel.
    """

    def __init__(self, zone: OpenedRedisZone) -> None:
        self.held: dict[bytes, Held] = {}
        self.heard: dict[bytes, list[bytes]] = {}
        self.expected: dict[bytes, list[bytes]] = {}
        self._zone = zone
        self._session = 0
        self._published = 0
        self._deleted: set[bytes] = set()
        self._away = True
        self.come()

    def come(self) -> None:
        """It listens again, and asks for what it has missed."""
        if not self._away:
            return
        self._away = False
        self._session += 1
        self._zone.listen(WORKER)
        held, more = list(self.held.values()), True
        while more:
            clients = sum(each.subscribers for each in self.held.values())
            rejoined = self._zone.rejoin(WORKER, 1, clients, *held, session=self._session)
            for message in rejoined.messages:
                self.heard[message.channel].append(message.text)
            assert {message.channel for message in rejoined.deleted} <= self._deleted
            self._end(rejoined.deleted)
            self._move((*rejoined.positions, *rejoined.behind))
            held = [self.held[position.channel] for position in rejoined.behind]
            more = bool(held) or rejoined.more
        assert not self._deleted & set(self.held)
        self._deleted.clear()

    def go(self) -> None:
        """It hears nothing from now on."""
        self._away = True
        self._zone.forget_to_live(WORKER)

    def wait(self, seconds: int) -> None:
        """Time passes. The zone's timer turns."""
        self._zone.forward(seconds)
        self._hear()

    def subscribe(self, id: bytes) -> None:
        """A client of the worker subscribes."""
        if not self._away:
            self._zone.do(Subscribe(WORKER, (ChannelRequest(id),)))
            self._move(self._zone.answered[0].positions)
            self.held[id] = replace(self.held[id], subscribers=self._subscribers(id))

    def publish(self, id: bytes) -> None:
        """Some worker publishes the next number."""
        self._published += 1
        text = b"%d" % self._published
        self._zone.do(Publish((id,), text, True))
        if id in self.held and id not in self._deleted:
            self.expected[id].append(text)
        self._hear()

    def delete(self, id: bytes) -> None:
        """Some worker deletes the channel."""
        if self._zone.do(Delete((id,))) and self._away and id in self.held:
            self._deleted.add(id)
        self._hear()

    def _subscribers(self, id: bytes) -> int:
        return self._zone.do(ChannelsInfo((id,))).infos[0].subscribers

    def _hear(self) -> None:
        hearer = self._zone.workers[WORKER].hearer
        if not self._away:
            for message in hearer.messages:
                self.heard[message.channel].append(message.text)
                held = self.held[message.channel]
                position = replace(held.position, time=message.time, tag=message.tag)
                self.held[message.channel] = replace(held, position=position)
            self._end(hearer.deletions)
        hearer.messages.clear()
        hearer.deletions.clear()

    def _move(self, positions: tuple[ChannelPosition, ...]) -> None:
        """So far it is in these channels."""
        for position in positions:
            held = self.held.get(position.channel)
            if held is None:
                self.heard[position.channel], self.expected[position.channel] = [], []
                self.held[position.channel] = Held(position, 1)
            else:
                self.held[position.channel] = Held(position, held.subscribers)

    def _end(self, deletions: tuple[Message, ...] | list[Message]) -> None:
        for message in deletions:
            del self.held[message.channel], self.heard[message.channel], self.expected[message.channel]
