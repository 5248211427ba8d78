"""Shards: which one a channel is in, an operation of the zone in parts for them, and the parts' results as one. No I/O.

A zone in one server is one shard. In a Cluster it is CLUSTER_SHARDS, whatever the number of nodes, each in one node. Each part is
done whole; an operation of several parts is not: between two of them others may do something.

What a zone has once, each shard has. Limits and memory are shared out. The events channel is in one shard, which hears from the
others. Tags do not count 1, 2, … but are microseconds, so that a client of several shards can resume: as exactly as the clocks of
the nodes agree.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import count
from typing import Any, Final
from zlib import crc32

from msgspec import Struct
from msgspec.structs import replace

from ...push.memory import PAGE, PAGES_AT_START
from ...push.operations import (
    Attach,
    ChannelInfo,
    Channels,
    ChannelsInfo,
    Collect,
    CollectMessages,
    Create,
    Delete,
    Forget,
    Inspect,
    Inspected,
    Listing,
    MemoryUse,
    Publish,
    Published,
    Refusal,
    Subscribe,
    Subscribed,
    Summary,
    Totals,
    Unsubscribe,
    UsedMemory,
    WorkerInfo,
    ZoneOperation,
)
from .language import ReportEvents, ZoneEvent
from .url import RedisKind

CLUSTER_SHARDS = 16
"""The shards of a zone in a Cluster. All servers of a zone need the same number; `zone` in Redis knows it."""


class Sharding(Struct, frozen=True):
    """How a kind of server has a zone: in so many shards. publish, subscribe: the commands for topics."""

    count: int
    publish: str
    subscribe: str


_ON_ONE_SERVER = Sharding(1, "PUBLISH", "SUBSCRIBE")
_IN_CLUSTER = Sharding(CLUSTER_SHARDS, "SPUBLISH", "SSUBSCRIBE")


def sharding(kind: RedisKind) -> Sharding:
    """How what a URL leads to has a zone."""
    return _IN_CLUSTER if kind is RedisKind.CLUSTER else _ON_ONE_SERVER


class Shard(Struct, frozen=True):
    """One shard of so many (`of`): 0, 1, …"""

    number: int = 0
    of: int = 1


class ShardPart(Struct, frozen=True):
    """What one shard is asked for of an operation (`whole`). first: it counts the client of a subscription, which counts once."""

    shard: int
    operation: ZoneOperation[Any]
    whole: ZoneOperation[Any]
    first: bool = True


Parts = tuple[ShardPart, ...]
Results = Sequence[Any]


def shard_of(channel: bytes, of: int) -> int:
    """The shard of a channel: the same on every machine."""
    return crc32(channel) % of


def split(operation: ZoneOperation[Any], of: int) -> Parts:
    """The parts of an operation for a zone of so many shards. Each is done by itself, and `join` takes the results of all."""
    if of == 1:
        return (ShardPart(0, operation, operation),)
    parts = _SPLIT[type(operation)](operation, of)
    return tuple([ShardPart(shard, part, operation, first=place == 0) for place, (shard, part) in enumerate(parts)])


def join(parts: Parts, results: Results) -> Any:
    """The result of an operation from those of its parts, in their order."""
    return results[0] if len(parts) == 1 else _JOIN[type(parts[0].whole)](parts, results)


def undo(parts: Parts, results: Results) -> Parts:
    """What is to be posted after a subscription in whose result the client does not stay, though some shards have counted it."""
    operation = parts[0].whole
    if len(parts) == 1 or not isinstance(operation, Subscribe):
        return ()
    if all(isinstance(result, Subscribed) and result.staying for result in results):
        return ()
    return tuple([_taken_back(part, result) for part, result in zip(parts, results, strict=True) if _stays(result)])


def report(events: tuple[ZoneEvent, ...], events_channel: bytes, of: int) -> ShardPart:
    """Report events, which the parts of other shards have given (CallDone.events), where the events channel is."""
    operation = ReportEvents(events)
    return ShardPart(shard_of(events_channel, of), operation, operation)


def _stays(result: Any) -> bool:
    return isinstance(result, Subscribed) and result.staying


def _taken_back(part: ShardPart, result: Subscribed) -> ShardPart:
    assert isinstance(part.operation, Subscribe)
    channels = tuple([request.id for request in part.operation.channels]) if result.heard is None else result.heard
    operation = Unsubscribe(part.operation.worker, channels, int(part.first))
    return ShardPart(part.shard, operation, operation)


# -- in parts -------------------------------------------------------------------------------------------------------------------

_Split = Iterable[tuple[int, ZoneOperation[Any]]]


def _to_all(operation: ZoneOperation[Any], of: int) -> _Split:
    return [(shard, operation) for shard in range(of)]


def _by_shard(channels: tuple[bytes, ...], of: int) -> dict[int, tuple[bytes, ...]]:
    """Channels by their shard, in their order; those of none are in the first shard."""
    found: dict[int, list[bytes]] = defaultdict(list)
    for channel in channels:
        found[shard_of(channel, of)].append(channel)
    return {shard: tuple(some) for shard, some in found.items()} or {0: ()}


def _by_channels(operation: Create | Publish | Delete | Inspect, of: int) -> _Split:
    return [(shard, replace(operation, channels=some)) for shard, some in _by_shard(operation.channels, of).items()]


def _split_channels_info(operation: ChannelsInfo, of: int) -> _Split:
    """All shards are asked for their totals."""
    found = _by_shard(operation.channels, of)
    return [(shard, ChannelsInfo(found.get(shard, ()))) for shard in range(of)]


def _split_channels(operation: Channels, of: int) -> _Split:
    """The channels of one shard after the other. The number to go on after says which shard that is."""
    number, asked = divmod(operation.after, of)
    return [(shard, replace(operation, after=number) if shard == asked else ChannelsInfo(())) for shard in range(of)]


def _split_subscribe(operation: Subscribe, of: int) -> _Split:
    found = defaultdict(list)
    for request in operation.channels:
        found[shard_of(request.id, of)].append(request)
    return [(shard, replace(operation, channels=tuple(requests))) for shard, requests in found.items()]


def _split_unsubscribe(operation: Unsubscribe, of: int) -> _Split:
    """The clients are taken off in one shard: only the sum over all shards is a number of clients."""
    clients = (operation.clients if place == 0 else 0 for place in count())
    found = _by_shard(operation.channels, of).items()
    return [(shard, replace(operation, channels=some, clients=next(clients))) for shard, some in found]


_SPLIT: Final[dict[type, Callable[[Any, int], _Split]]] = {
    Attach: _to_all,
    Forget: _to_all,
    Collect: _to_all,
    CollectMessages: _to_all,
    Summary: _to_all,
    UsedMemory: _to_all,
    Create: _by_channels,
    Publish: _by_channels,
    Delete: _by_channels,
    Inspect: _by_channels,
    ChannelsInfo: _split_channels_info,
    Channels: _split_channels,
    Subscribe: _split_subscribe,
    Unsubscribe: _split_unsubscribe,
}


# -- and as one -----------------------------------------------------------------------------------------------------------------


def _refusal(results: Results) -> Refusal | None:
    return next((result for result in results if isinstance(result, Refusal)), None)


def _nothing(parts: Parts, results: Results) -> None:
    return None


def _any(parts: Parts, results: Results) -> bool:
    return any(results)


def _join_delete(parts: Parts, results: Results) -> bool | Refusal:
    return _refusal(results) or any(results)


def _infos_in_order(channels: tuple[bytes, ...], results: Results) -> tuple[ChannelInfo, ...]:
    """What the parts say of channels, in the order in which the whole operation names them, and as often."""
    infos = {info.channel: info for result in results for info in result.infos}
    return tuple([infos[channel] for channel in channels if channel in infos])


def _join_publish(parts: Parts, results: Results) -> Published | Refusal:
    operation = parts[0].whole
    assert isinstance(operation, Publish)
    logged = tuple([line for result in results if isinstance(result, Published) for line in result.logged])
    return _refusal(results) or Published(_infos_in_order(operation.channels, results), logged)


def _joined_listing(results: Results, infos: tuple[ChannelInfo, ...], last: int = 0) -> Listing:
    return Listing(
        sum(result.channels for result in results),
        sum(result.wildcard_channels for result in results),
        max(result.uptime for result in results),
        infos,
        last,
    )


def _join_channels_info(parts: Parts, results: Results) -> Listing:
    operation = parts[0].whole
    assert isinstance(operation, ChannelsInfo)
    return _joined_listing(results, _infos_in_order(operation.channels, results))


def _join_channels(parts: Parts, results: Results) -> Listing:
    of = len(parts)
    (shard, listing) = next(
        (part.shard, result) for part, result in zip(parts, results, strict=True) if isinstance(part.operation, Channels)
    )
    last = listing.last * of + shard if listing.last else (shard + 1) % of
    return _joined_listing(results, listing.infos, last)


def _join_inspect(parts: Parts, results: Results) -> Inspected:
    operation = parts[0].whole
    assert isinstance(operation, Inspect)
    states = {state.info.channel: state for result in results for state in result.states}
    return Inspected(tuple([states[channel] for channel in operation.channels if channel in states]))


def _join_subscribe(parts: Parts, results: Results) -> Subscribed | Refusal:
    refusal = _refusal(results)
    if refusal is not None:
        return refusal
    operation = parts[0].whole
    assert isinstance(operation, Subscribe)
    heard: tuple[bytes, ...] | None = None
    if any(result.heard is not None for result in results):
        deaf = {
            request.id
            for part, result in zip(parts, results, strict=True)
            if result.heard is not None and isinstance(part.operation, Subscribe)
            for request in part.operation.channels
            if request.id not in result.heard
        }
        heard = tuple([request.id for request in operation.channels if request.id not in deaf])
    place = {request.id: place for place, request in reversed(tuple(enumerate(operation.channels)))}
    messages = [message for result in results for message in result.messages]
    messages.sort(key=lambda message: place.get(message.channel, len(place)))
    time, tag = max((result.time, result.tag) for result in results)
    return Subscribed(tuple(messages), all(result.staying for result in results), time, tag, heard)


def _join_memory(parts: Parts, results: Results) -> MemoryUse:
    """What is taken at the start is taken in each shard, and counts once."""
    more = (len(parts) - 1) * PAGES_AT_START * PAGE
    used, size, failures = (sum(getattr(result, name) for result in results) for name in ("used", "size", "failures"))
    return MemoryUse(used - more, size - more, failures)


def _join_summary(parts: Parts, results: Results) -> Totals:
    workers: dict[str, WorkerInfo] = {}
    for worker in [worker for result in results for worker in result.by_worker]:
        known = workers.get(worker.name)
        if known is None:
            workers[worker.name] = worker
        else:
            subscribers, uptime = known.subscribers + worker.subscribers, max(known.uptime, worker.uptime)
            workers[worker.name] = replace(known, subscribers=subscribers, uptime=uptime)

    def total(name: str) -> int:
        return sum(getattr(result, name) for result in results)

    return Totals(
        channels=total("channels"),
        wildcard_channels=total("wildcard_channels"),
        published_messages=total("published_messages"),
        stored_messages=total("stored_messages"),
        messages_in_trash=total("messages_in_trash"),
        channels_in_delete=total("channels_in_delete"),
        channels_in_trash=total("channels_in_trash"),
        subscribers=total("subscribers"),
        uptime=max(result.uptime for result in results),
        by_worker=tuple(workers.values()),
    )


_JOIN: Final[dict[type, Callable[[Parts, Results], Any]]] = {
    Attach: _nothing,
    Create: lambda parts, results: _refusal(results),
    Unsubscribe: _nothing,
    Forget: _any,
    Collect: _any,
    CollectMessages: _any,
    Delete: _join_delete,
    Publish: _join_publish,
    Subscribe: _join_subscribe,
    ChannelsInfo: _join_channels_info,
    Channels: _join_channels,
    Inspect: _join_inspect,
    Summary: _join_summary,
    UsedMemory: _join_memory,
}
