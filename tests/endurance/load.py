"""One run: all subscribers and publishers in one process, calm or under disturbances, and what was counted."""

from __future__ import annotations

import asyncio
import random
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.clients import get
from tests.patience import PATIENCE

from .counting import Count
from .disturbances import Disturbances
from .losses import Losses, SeveralServers
from .publishers import Channel, Published, Publisher
from .server import Server
from .subscribers import KINDS, Kind, Subscriber

CHANNELS = 20


@dataclass(slots=True)
class Result:
    """counts: of each kind of subscriber; faults: what went wrong besides."""

    counts: dict[str, Count]
    published: Published
    seconds: float = 0.0
    reloads: int = 0
    kills: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def all_faults(self) -> list[str]:
        """Everything that is not as it should be."""
        counted = [f"{kind}: {count.faults}" for kind, count in self.counts.items() if count.faults]
        refused = [f"{self.published.refused} messages refused"] if self.published.refused else []
        hung = [f"{self.published.hung} publishers without an answer"] if self.published.hung else []
        return counted + refused + hung + self.faults

    def table(self) -> str:
        """The figures, to be read."""
        lines = [f"{'':24} received     lost  duplicate  disorder  different  broken   missed  connections"]
        for kind, count in self.counts.items():
            lines.append(
                f"{kind:24} {count.received:8} {count.lost:8} {count.duplicate:10} {count.out_of_order:9} {count.different:10}"
                f" {count.broken:7} {count.missed:8} {count.connections:12}"
            )
        published = self.published
        lines.append(
            f"{published.acknowledged} published in {self.seconds:.1f} s, {published.again} sent again, slowest answer "
            f"{published.slowest:.1f} s; {self.reloads} reloads, {self.kills} workers killed"
        )
        return "\n".join(lines + self.all_faults)


class Load:
    """Subscribers and publishers of one server. kinds: whom to connect; channels: over how many channels they are spread.

    disturb: makes what disturbs them.
    """

    def __init__(
        self,
        server: Server | SeveralServers,
        seed: int,
        kinds: tuple[Kind, ...] = KINDS,
        channels: int = CHANNELS,
        disturb: Callable[[Any, list[Subscriber], int], Disturbances | Losses] = Disturbances,
    ) -> None:
        numbers = random.Random(seed)
        self._server = server
        self._channels = [Channel(f"channel{number}") for number in range(channels)]
        self.result = Result({kind.name: Count() for kind in kinds}, Published())
        self._publishers = [
            Publisher(server.ports, channel, self.result.published, numbers.getrandbits(32)) for channel in self._channels
        ]
        self._subscribers: list[Subscriber] = []
        for kind in kinds:
            for number in range(kind.number):
                channel = self._channels[number % channels]
                count = self.result.counts[kind.name]
                subscriber = Subscriber(server.ports, kind, channel.name, channel.record, count, numbers.getrandbits(32))
                channel.subscribers.append(subscriber)
                self._subscribers.append(subscriber)
        self._disturbances = disturb(server, self._subscribers, numbers.getrandbits(32))

    async def calm(self, messages: int) -> None:
        """`messages` to each channel, and nothing else happens."""
        await self._begin()
        for publisher in self._publishers:
            publisher.publish(messages)
        await self._end()

    async def rough(self, rounds: int, kills: bool = True) -> None:
        """Messages without end, and this many rounds of disturbances; in every other one a worker is killed."""
        await self._begin()
        for publisher in self._publishers:
            publisher.publish(sys.maxsize)
        for number in range(rounds):
            await self._disturbances.round(kill=kills and number % 2 == 1)
            if self.result.published.hung:
                break
        for publisher in self._publishers:
            publisher.enough()
        await self._end()

    async def _begin(self) -> None:
        """All are subscribed and have a first message, from which they can resume."""
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: self.result.faults.append(f"the test: {context}"))
        self._began = time.monotonic()
        for subscriber in self._subscribers:
            subscriber.start()
        await self._until_subscribed()
        for publisher in self._publishers:
            publisher.start()
            publisher.publish(1)
        self._pumping = asyncio.create_task(self._pump())
        await self._until_all_have_all()

    async def _end(self) -> None:
        """All have everything; then all leave."""
        await self._until(lambda: all(publisher.idle for publisher in self._publishers), "publishers wait for answers")
        self.result.seconds = time.monotonic() - self._began
        for publisher in self._publishers:
            publisher.leave()  # for a client that is connected and silent a leaving worker waits, in nginx, too
        await self._disturbances.end()
        await self._until_subscribed()
        for publisher in self._publishers:
            publisher.start()
            publisher.publish(1)  # by which also those that don't resume see how much there was
        await self._until_all_have_all()
        self._pumping.cancel()
        for channel in self._channels:
            for subscriber in channel.subscribers:
                subscriber.tally.close(channel.end)
            if channel.record.faults:
                self.result.faults.append(f"{channel.name}: {channel.record.faults}")
        for client in (*self._subscribers, *self._publishers):
            client.leave()
        await asyncio.sleep(0.1)  # what leaves closes its sockets in the next turns of the loop
        given_up = sum(len(channel.given_up) for channel in self._channels)
        if given_up:
            self.result.faults.append(f"{given_up} subscribers got nothing any more")
        self.result.reloads, self.result.kills = self._disturbances.reloads, self._disturbances.kills
        self.result.faults += self._disturbances.faults

    async def _pump(self) -> None:
        look = 0.0
        while True:
            now = time.monotonic()
            if now > look:
                for channel in self._channels:
                    channel.look(now)
                look = now + 1
            for publisher in self._publishers:
                publisher.pump(now)
            await asyncio.sleep(0.005)

    async def _until_subscribed(self) -> None:
        deadline = time.monotonic() + PATIENCE
        found = -1
        while time.monotonic() < deadline:
            try:
                found = (await asyncio.to_thread(get, self._server.port, "/statistics")).json["subscribers"]
            except OSError as error:
                self.result.faults.append(f"statistics: {error}")
            if found == len(self._subscribers):
                return
            await asyncio.sleep(0.05)
        self.result.faults.append(f"{found} of {len(self._subscribers)} subscribers in the statistics")

    async def _until_all_have_all(self) -> None:
        await self._until(lambda: all(publisher.idle for publisher in self._publishers), "publishers wait for answers")
        await self._until(
            lambda: all(channel.all_have_all for channel in self._channels), "subscribers do not get what is published"
        )

    async def _until(self, condition: Callable[[], bool], otherwise: str) -> None:
        """Return when it holds; after a time without any message it is a fault."""
        received, deadline = -1, 0.0
        while not condition():
            now = time.monotonic()
            total = sum(count.received for count in self.result.counts.values())
            if total != received:
                received, deadline = total, now + 2 * PATIENCE
            if now > deadline:
                self.result.faults.append(otherwise)
                return
            await asyncio.sleep(0.01)
