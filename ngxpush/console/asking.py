"""What the console asks the worker and its zone, by the operations that all others use."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from heapq import nsmallest
from itertools import islice
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from ..push.audiences import Audience
from ..push.operations import (
    Channels,
    ChannelState,
    Delete,
    Inspect,
    MemoryUse,
    Publish,
    Refusal,
    Summary,
    Totals,
    UsedMemory,
    ZoneLost,
    ZoneOperation,
)
from ..push.path import name_refusal
from ..push.question import PushClient
from ..push.templates import Kind
from ..push.worker import PushWorker
from ..server.zone.asking import ask
from ..server.zone.remote import ZoneFailed
from .clients import Clients

R = TypeVar("R")

SHOWN_CHANNELS = 200
SHOWN_MESSAGES = 100
SHOWN_SUBSCRIBERS = 100
"""What a page shows of many."""

MEASURED_MESSAGES = 10_000
MEASURED_AMONG_MANY = 64
"""Of so many messages of a channel the memory is counted (see `Inspect`): of the one that is looked at, and of each of many."""

LONG_POLLING = "long-polling"
MODES = ("streaming", "eventsource", "websocket", LONG_POLLING)
"""How subscribers hear, as far as a channel's audience shows it. Polling clients are none: they don't wait."""

_SEPARATOR = b"/"

_MODE = {Kind.PLAIN: "streaming", Kind.EVENTSOURCE: "eventsource", Kind.WEBSOCKET: "websocket"}

ORDERS: dict[str, Callable[[ChannelState], tuple[int | bytes, ...]]] = {
    "last": lambda state: (-state.time, -state.tag, state.info.channel),
    "id": lambda state: (state.info.channel,),
    "subscribers": lambda state: (-state.info.subscribers, state.info.channel),
    "published": lambda state: (-state.info.published_messages, state.info.channel),
    "stored": lambda state: (-state.info.stored_messages, state.info.channel),
    "memory": lambda state: (-state.memory, state.info.channel),
}
"""The orders of channels, by name. The first is the usual one."""


class Health(Struct, frozen=True):
    """The zone as a whole. away: why it can't be reached, and all else is as it was last; "" where it can."""

    totals: Totals
    memory: MemoryUse
    away: str = ""

    @property
    def channels(self) -> int:
        """How many there are."""
        return self.totals.channels + self.totals.wildcard_channels

    @property
    def is_known(self) -> bool:
        """Whether the zone has been reached at all; if not, the numbers mean nothing."""
        return self.memory.size > 0


_UNKNOWN = Health(Totals(0, 0, 0, 0, 0, 0, 0, 0, 0), MemoryUse(0, 0, 0))


class Overview(Struct, frozen=True):
    """Channels that fit a filter, in their order, with their subscribers by mode. fitting: how many there are, also not shown."""

    states: tuple[tuple[ChannelState, dict[str, int]], ...]
    fitting: int


class ChannelView(Struct, frozen=True):
    """One channel. state: None where it does not exist.  clients: some of its subscribers, each with its mode.

    unsent: bytes that wait for a client to read on, by the number of its connection, where there are any.
    """

    state: ChannelState | None
    modes: dict[str, int]
    clients: tuple[tuple[str, PushClient], ...]
    unsent: dict[int, int]


class Asking:
    """Asks one worker, and the zone that it uses. Where nothing else is said, a zone that can't be reached raises ZoneLost."""

    def __init__(self, worker: PushWorker, clients: Clients) -> None:
        self._worker = worker
        self._clients = clients
        self._last = _UNKNOWN

    async def do(self, operation: ZoneOperation[R]) -> R:
        """Have the zone do an operation. One that fails there ends no page and no plot: it counts as a zone that is away."""
        try:
            return await ask(self._worker, operation)
        except ZoneFailed as failed:
            raise ZoneLost(str(failed)) from failed

    async def health(self) -> Health:
        """How the zone is; while it can't be reached, how it was last."""
        try:
            self._last = Health(await self.do(Summary()), await self.do(UsedMemory()))
        except ZoneLost as lost:
            self._last = replace(self._last, away=str(lost))
        return self._last

    async def overview(self, part: bytes, order: str) -> Overview:
        """The first channels that have `part` in their ids. Many are looked through in slices; others are served in between."""
        best: list[ChannelState] = []
        fitting = after = 0
        while True:
            listing = await self.do(Channels(b"", after))
            ids = tuple([info.channel for info in listing.infos if part in info.channel])
            if ids:
                fitting += len(ids)
                states = (await self.do(Inspect(ids, measured=MEASURED_AMONG_MANY))).states
                best = nsmallest(SHOWN_CHANNELS, [*best, *states], key=ORDERS[order])
            after = listing.last
            if not after:
                return Overview(tuple([(state, self._modes(state.info.channel)) for state in best]), fitting)
            await asyncio.sleep(0)

    async def largest(self) -> tuple[int, int]:
        """The most subscribers, and the most stored messages, that one channel has."""
        subscribers = stored = after = 0
        while True:
            listing = await self.do(Channels(b"", after))
            for info in listing.infos:
                subscribers, stored = max(subscribers, info.subscribers), max(stored, info.stored_messages)
            after = listing.last
            if not after:
                return subscribers, stored
            await asyncio.sleep(0)

    async def channel(self, id: bytes) -> ChannelView:
        states = (await self.do(Inspect((id,), SHOWN_MESSAGES, MEASURED_MESSAGES))).states
        audience = self._worker.audience_of(id)
        clients = () if audience is None else tuple(islice(_clients(audience), SHOWN_SUBSCRIBERS))
        unsent = self._clients.unsent() if clients else {}
        return ChannelView(states[0] if states else None, self._modes(id), clients, unsent)

    async def publish(self, id: bytes, text: bytes, store: bool, event_id: bytes | None, event_type: bytes | None) -> int | str:
        """Publish a message. Returns its id, or why not, where it is refused; a publisher location refuses the same."""
        refused = self._refused(id)
        if refused or not text:
            return refused or "Empty messages are not allowed."
        published = await self.do(Publish((id,), text, store, event_id, event_type))
        if isinstance(published, Refusal):
            return _reason(published)
        return published.infos[0].published_messages

    async def delete(self, id: bytes) -> str:
        """Delete a channel. Returns why not; empty where it is deleted."""
        refused = self._refused(id)
        if refused:
            return refused
        deleted = await self.do(Delete((id,)))
        if isinstance(deleted, Refusal):
            return _reason(deleted)
        return "" if deleted else "There is no such channel."

    def _refused(self, id: bytes) -> str:
        main = self._worker.main
        if not id:
            return "No channel id provided."
        if main.events_channel_id and id == main.events_channel_id:
            return "Only internal routines can change events channel."
        if _SEPARATOR in id:  # to a location these are several channels
            return "An id has no slash."
        refusal = name_refusal(id, main.max_channel_id_length)
        return "" if refusal is None else _reason(refusal)

    def _modes(self, id: bytes) -> dict[str, int]:
        """How many subscribe in each mode, without the modes in which no one does."""
        audience = self._worker.audience_of(id)
        counts = dict.fromkeys(MODES, 0)
        if audience is not None:
            for delivery, group in audience.groups.items():
                counts[_MODE[delivery.kind]] += len(group)
            counts[LONG_POLLING] += len(audience.waiting)
        return {mode: count for mode, count in counts.items() if count}


def _reason(refusal: Refusal) -> str:
    return refusal.explain.decode() or "; ".join(refusal.logged) or f"status {refusal.status}"


def _clients(audience: Audience) -> Iterator[tuple[str, PushClient]]:
    for delivery, group in audience.groups.items():
        for subscriber in group:
            yield _MODE[delivery.kind], subscriber.client
    for waiting in audience.waiting:
        yield LONG_POLLING, waiting.client
