"""The worker's side of the socket between a worker and a zone of another process (see zone_server.py)."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from ..http.operations import WAITING, Operation, Performer, Resume
from ..push.shared import ChannelInfo, Listener, Listing, Refusal, Subscribed, Subscription, Summary
from .pickle_stream import Unpacker, pack

UNANSWERED = 0
"""The number of a call nobody waits for, and of what the zone's side says by itself."""


class Reply(Operation[Any]):
    """Waits for the answer to a call; the coroutine goes on before anything behind that answer is looked at."""

    __slots__ = ("_arguments", "_operation", "_zone")

    def __init__(self, zone: RemoteZone, operation: str, arguments: tuple[Any, ...]) -> None:
        self._zone = zone
        self._operation = operation
        self._arguments = arguments

    def perform(self, performer: Performer, resume: Resume) -> Any:
        """Send the call."""
        self._zone.call(self._operation, self._arguments, resume)
        return WAITING


class ZoneLost(ConnectionError):
    """The process that held the zone is gone."""


class RemoteZone:
    """A SharedZone (push/shared.py) for the worker `pid`, reached by `write`.

    listener: who is told of messages.  take_over: called when the other side asks for the zone itself (a reload).
    """

    def __init__(self, pid: int, write: Callable[[bytes], None], take_over: Callable[[], None] | None = None) -> None:
        self.pid = pid
        self.listener: Listener | None = None
        self._write = write
        self._take_over = take_over
        self._unpacker = Unpacker()
        self._numbers = itertools.count(UNANSWERED + 1)
        self._waiting: dict[int, Callable[[Any], None]] = {}
        self._lost = False

    def received(self, data: bytes) -> None:
        """Bytes came from the zone's side."""
        for number, *content in self._unpacker.feed(data):
            if number != UNANSWERED:
                self._waiting.pop(number)(content[0])
            elif content[0] == "take_over":
                if self._take_over is not None:
                    self._take_over()
            elif self.listener is not None:
                event, message = content
                tell = self.listener.message if event == "message" else self.listener.deleted
                tell(message)

    def lost(self) -> None:
        """The zone's process is gone: whoever waits for an answer gets a ZoneLost."""
        self._lost = True
        waiting, self._waiting = self._waiting, {}
        for done in waiting.values():
            done(ZoneLost("the process that holds the channels is gone"))

    def call(self, operation: str, arguments: tuple[Any, ...], done: Callable[[Any], None]) -> None:
        """Ask for an operation; `done` gets its result, or the exception that was raised (zone_server.Call)."""
        if self._lost:
            return done(ZoneLost("the process that holds the channels is gone"))
        number = next(self._numbers)
        self._waiting[number] = done
        self._write(pack((number, operation, arguments)))
        return None

    def post(self, operation: str, arguments: tuple[Any, ...]) -> None:
        """Ask for an operation without wanting to know its result."""
        if not self._lost:
            self._write(pack((UNANSWERED, operation, arguments)))

    async def create(self, ids: tuple[bytes, ...]) -> Refusal | None:
        """See SharedZone.create."""
        refusal: Refusal | None = await Reply(self, "create", (ids,))
        return refusal

    async def publish(
        self, ids: tuple[bytes, ...], text: bytes, store: bool, event_id: bytes | None = None, event_type: bytes | None = None
    ) -> tuple[ChannelInfo, ...] | Refusal:
        """See SharedZone.publish."""
        result: tuple[ChannelInfo, ...] | Refusal = await Reply(self, "publish", (ids, text, store, event_id, event_type))
        return result

    async def subscribe(self, subscription: Subscription) -> Subscribed | Refusal:
        """See SharedZone.subscribe."""
        result: Subscribed | Refusal = await Reply(self, "subscribe", (self.pid, subscription))
        return result

    def unsubscribe(self, ids: tuple[bytes, ...]) -> None:
        """See SharedZone.unsubscribe."""
        self.post("unsubscribe", (self.pid, ids))

    async def delete(self, ids: tuple[bytes, ...], text: bytes | None = None) -> bool:
        """See SharedZone.delete."""
        found: bool = await Reply(self, "delete", (ids, text))
        return found

    async def channels_info(self, ids: tuple[bytes, ...]) -> Listing:
        """See SharedZone.channels_info."""
        listing: Listing = await Reply(self, "channels_info", (ids,))
        return listing

    async def channels(self, prefix: bytes = b"") -> Listing:
        """See SharedZone.channels."""
        listing: Listing = await Reply(self, "channels", (prefix,))
        return listing

    async def summary(self) -> Summary:
        """See SharedZone.summary."""
        summary: Summary = await Reply(self, "summary", ())
        return summary
