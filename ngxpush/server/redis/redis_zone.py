"""A zone in Redis, as one worker uses it: a SharedZone (push/operations.py) whose channels are shared by any number of servers.

The channels of a zone are in shards: one on a server, 16 in a Cluster.  The worker is attached to each of them by a connection of
its own (attachment.py).  What concerns several shards is asked of each and joined here (joint.py).
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any, TypeVar

from ...config.directives.push_stream.settings import PushStreamMain
from ...http.operations import WAITING, Operation, Performer, Resume
from ...push.lifetimes import COLLECT_INTERVAL, COLLECT_MESSAGES_INTERVAL
from ...push.operations import Collect, CollectMessages, Create, Forget, Publish, Recipient, Unsubscribe, ZoneAway, ZoneOperation
from ...push.question import Clock, Timer
from ...push.templates import Templates
from ..logs.log_files import Say
from ..zone.places import NO_MEMORY
from .attachment import Attachment, Done
from .connection import RedisLost
from .function import Function
from .joint import ask_together
from .language import ZoneEvent
from .nodes import Nodes, NotConnected
from .refusals import failure
from .shards import Shard, report, shard_of, sharding, split
from .url import ChannelsUnreachable, ChannelsUrl

# Seconds for which a worker that ends waits for an answer. After 1 s of SIGTERM the master kills it.
_LAST_REPLY_TIME = 0.5

R = TypeVar("R")


class RedisAnswer(Operation[R]):
    """Waits for the result of an operation. The coroutine goes on before what comes after the result is looked at."""

    __slots__ = ("_operation", "_zone")

    def __init__(self, zone: RedisZone, operation: ZoneOperation[R]) -> None:
        self._zone = zone
        self._operation = operation

    def perform(self, performer: Performer, resume: Resume) -> Any:
        """Ask for it. Raises ZoneAway where there is no connection."""
        return self._zone.ask(self._operation, resume)


class RedisZone:
    """See above.

    zone: its name, the same on all servers.  worker: the name of this worker.  pid: its process.  clock: for the zone's timers.
    say: writes to the error log.
    """

    waits = True

    def __init__(
        self,
        url: ChannelsUrl,
        zone: str,
        settings: PushStreamMain,
        templates: Templates,
        worker: str,
        pid: int,
        clock: Clock,
        say: Say,
    ) -> None:
        self.worker = worker
        self.pid = pid
        self.clock = clock
        self.recipient: Recipient | None = None
        self._url = url
        self._name = zone
        self._settings = settings
        self._templates = templates
        self._say = say
        self._timers: dict[type[Collect | CollectMessages], Timer] = {}
        self._is_away = True  # as was said last, or by `open`
        self._attachments = self._attach(Nodes(url))

    # -- its life -----------------------------------------------------------------------------------------------------------

    async def open(self) -> None:
        """Connect, attach the worker, start the zone's timer. Raises ChannelsUnreachable; after that it goes on trying."""
        self._collect()
        opened = await asyncio.gather(*[each.stream.open() for each in self._attachments], return_exceptions=True)
        for error in opened:
            if isinstance(error, BaseException) and not isinstance(error, NotConnected):
                raise error
        reason = self._away
        self._is_away = reason is not None
        if reason is not None:
            raise ChannelsUnreachable(f"the channels in {self._url} can't be used: it {reason}")

    async def close(self) -> None:
        """Take the worker and its subscribers out of the zone, and disconnect. Nothing is said if Redis is away."""
        self._say = _say_nothing
        for timer in self._timers.values():
            timer.cancel()
        await asyncio.gather(*[self._forget(attachment) for attachment in self._attachments])
        for attachment in self._attachments:
            attachment.stream.close()

    def _attach(self, nodes: Nodes) -> list[Attachment]:
        kind = sharding(self._url.kind)
        shards = [Shard(number, kind.count) for number in range(kind.count)]
        return [
            Attachment(
                self,
                shard.number,
                Function(self._name, shard, self._settings, self._templates, self.worker, kind.publish),
                kind.subscribe,
                nodes,
            )
            for shard in shards
        ]

    async def _forget(self, attachment: Attachment) -> None:
        """Have a shard forget this worker, slice by slice. Where Redis says nothing, other workers do so later."""
        is_more: bool | Exception = True
        with contextlib.suppress(TimeoutError):
            while is_more is True:
                async with asyncio.timeout(_LAST_REPLY_TIME):
                    is_more = await attachment.wait_for(Forget(self.worker))

    def _collect(self) -> None:
        self._timers[Collect] = self.clock.call_later(COLLECT_INTERVAL, self._collect)
        for attachment in self._attachments:
            attachment.do_slices(Collect())

    def _collect_messages(self) -> None:
        """The second timer runs from this worker's first publish on, as in a LocalZone; `Collect` ends messages as well."""
        self._timers[CollectMessages] = self.clock.call_later(COLLECT_MESSAGES_INTERVAL, self._collect_messages)
        for attachment in self._attachments:
            attachment.do_slices(CollectMessages())

    # -- SharedZone ---------------------------------------------------------------------------------------------------------

    @property
    def is_busy(self) -> bool:
        """Whether something has no answer yet."""
        return any(each.stream.is_busy for each in self._attachments)

    def listen(self, worker: str, recipient: Recipient) -> None:
        """See SharedZone.listen. The worker is this one."""
        self.recipient = recipient

    async def do(self, operation: ZoneOperation[R]) -> R:
        """See SharedZone.do. Raises ZoneAway, within REPLY_TIME, and ZoneFailed.

        After a ZoneAway a change may have been made: what was lost may have been the answer.
        """
        return await RedisAnswer(self, operation)

    def post(self, operation: ZoneOperation[Any]) -> None:
        """See SharedZone.post. A worker is forgotten slice by slice."""
        if isinstance(operation, Forget):
            for attachment in self._attachments:
                attachment.do_slices(operation, timed=False)
        else:
            self.call(operation, _ignore)

    def call(self, operation: ZoneOperation[Any], done: Done) -> None:
        """Ask for an operation; `done` gets its result, or the exception to raise (serving.CallZone)."""
        try:
            result = self.ask(operation, done)
        except ZoneAway as away:
            result = away
        if result is not WAITING:
            done(result)

    def ask(self, operation: ZoneOperation[Any], done: Done) -> Any:
        """The result of an operation, or WAITING: `done` gets it later, or the exception to raise. Raises ZoneAway."""
        attachments = self._attachments
        if type(operation) is Create and all(self._is_followed(id) for id in operation.channels):
            # Each publisher makes its channels first. Those with subscribers here exist: the worker hears when they are deleted.
            return None
        if type(operation) is Publish and CollectMessages not in self._timers:
            self._timers[CollectMessages] = self.clock.call_later(COLLECT_MESSAGES_INTERVAL, self._collect_messages)
        parts = split(operation, len(attachments))
        if type(operation) is not Unsubscribe:
            for part in parts:
                away = attachments[part.shard].stream.away
                if away is not None:
                    raise failure(RedisLost(away))
        if len(parts) == 1:
            attachments[parts[0].shard].ask(parts[0], done)
        else:
            ask_together(attachments, parts, done)
        return WAITING

    def _is_followed(self, id: bytes) -> bool:
        return id in self._attachments[shard_of(id, len(self._attachments))].followed

    # -- what the attachments need ------------------------------------------------------------------------------------------

    def no_memory(self, times: int) -> None:
        """See attachment.Owner."""
        for _ in range(times):
            self._say("crit", NO_MEMORY)

    def report(self, events: tuple[ZoneEvent, ...]) -> None:
        """See attachment.Owner."""
        part = report(events, self._settings.events_channel_id, len(self._attachments))
        self._attachments[part.shard].post(part)

    def changed(self) -> None:
        """See attachment.Owner."""
        reason = self._away
        if (reason is None) is not self._is_away:
            return
        self._is_away = reason is not None
        if reason is None:  # at the level of the loss: a log that has the one has the other
            self._say("error", f"the channels in {self._url} can be used again")
        else:
            self._say("error", f"{self._lost_part} in {self._url} can't be used: it {reason}")

    @property
    def _away(self) -> str | None:
        """Why a shard can't be reached; None: all can."""
        return next((each.stream.away for each in self._attachments if each.stream.away is not None), None)

    @property
    def _lost_part(self) -> str:
        return "the channels" if len(self._attachments) == 1 else "a part of the channels"


def _say_nothing(level: str, text: str) -> None:
    """Whoever closes the zone needs it no more."""


def _ignore(result: Any) -> None:
    """The result of an operation that no one waits for."""
