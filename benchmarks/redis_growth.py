"""How channels in Redis grow: what servers and Redis can carry, computed from measured costs.

    .venv/bin/python -m benchmarks.redis_growth --help

Nothing is measured here.  Each cost is processor time of one core; a server is one worker, and Redis does one thing at a time.  A
message costs its publishing server a publish, Redis the function and a push to each server that has subscribers of the channel,
each of these servers once the message, and each subscriber a delivery.  Subscribers and publishers are spread evenly.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence

from msgspec import Struct

_SUBSCRIBERS = (10_000, 100_000, 1_000_000)
_SERVERS = (1, 2, 4, 8, 16, 32, 64)
# A core that is busier lets answers wait too long.
_BUSY = 0.7


class Costs(Struct, frozen=True):
    """Processor time in µs.

    publish: of a publisher's request, in its server.  heard: of a message that a server gets from Redis, without its deliveries.
    delivery: to one subscriber.  redis_publish: in Redis, of a message.  redis_push: in Redis, of a push to one server.
    redis_hold: in Redis, of one channel of one server that comes back.
    """

    publish: float
    heard: float
    delivery: float
    redis_publish: float
    redis_push: float
    redis_hold: float


class Load(Struct, frozen=True):
    """So many subscribers of so many channels, at so many servers that share so many Redis (masters of a Cluster)."""

    subscribers: int
    channels: int
    servers: int
    redis: int = 1

    @property
    def audience(self) -> float:
        """The subscribers of one channel."""
        return self.subscribers / self.channels

    @property
    def reached(self) -> float:
        """How many servers have subscribers of one channel, on average."""
        return self.servers * (1 - (1 - 1 / self.servers) ** self.audience)


class Capacity(Struct, frozen=True):
    """messages: of all channels together, each second.  limit: what is busy then.  return_seconds: until all have come back."""

    messages: float
    limit: str
    return_seconds: float

    @property
    def delivered(self) -> str:
        return f"{self.messages:,.1f}" if self.messages < 10 else f"{self.messages:,.0f}"


def capacity(load: Load, costs: Costs) -> Capacity:
    """What a load leaves room for. return_seconds: of Redis's time, after it was restarted."""
    server = (costs.publish + costs.heard * load.reached + costs.delivery * load.audience) / load.servers
    redis = (costs.redis_publish + costs.redis_push * load.reached) / load.redis
    limit = "Redis" if redis > server else "the servers"
    held = costs.redis_hold * load.channels * load.reached / load.redis
    return Capacity(_BUSY * 1e6 / max(redis, server), limit, held / 1e6)


def table(costs: Costs, redis: int) -> Iterator[str]:
    """The lines of a table in Markdown: messages per second, by servers, and what limits them."""
    yield "| subscribers | channels | servers | messages each second | deliveries each second | limited by | all back after, s |"
    yield "|--:|--:|--:|--:|--:|---|--:|"
    for subscribers in _SUBSCRIBERS:
        for channels in (1, 1000, subscribers):
            for servers in _SERVERS:
                load = Load(subscribers, channels, servers, redis)
                found = capacity(load, costs)
                deliveries = found.messages * load.audience
                yield (
                    f"| {subscribers:,} | {channels:,} | {servers} | {found.delivered} | {deliveries:,.0f} | {found.limit} "
                    f"| {found.return_seconds:.1f} |"
                )


def main(words: Sequence[str] | None = None) -> None:
    reader = argparse.ArgumentParser(prog="python -m benchmarks.redis_growth", description=(__doc__ or "").split("\n")[0])
    for name in Costs.__struct_fields__:
        reader.add_argument(f"--{name.replace('_', '-')}", type=float, required=True, metavar="µS")
    reader.add_argument("--redis", type=int, default=1, metavar="N", help="how many masters share the channels (a Cluster)")
    options = vars(reader.parse_args(words))
    redis = options.pop("redis")
    print("\n".join(table(Costs(**options), redis)))


if __name__ == "__main__":
    main()
