"""The server's end of a control line: it answers when the event loop has nothing to do.

By then all that clients had sent before the question is done, and so is all that a moved clock has brought.
"""

from __future__ import annotations

import asyncio
import socket
from itertools import chain
from typing import Any

import msgspec

from ..explain.ways import Way, reached, ways
from ..push.lifetimes import COLLECT_INTERVAL
from ..push.local_zone import LocalZone
from ..push.messages import Message
from ..push.operations import Channels, Inspect, ZoneLost
from ..push.worker import PushWorker
from ..server.processes.worker import Worker
from ..server.setup.startup import Setup
from ..server.zone.asking import ask
from ..server.zone.remote import ZoneFailed
from .control import (
    Advance,
    ChannelCounts,
    Frames,
    HasSubscriber,
    ListChannels,
    ListPublished,
    ListStored,
    ListWays,
    NotAnswered,
    PublishedMessage,
    Question,
    Started,
    WayTo,
    frame,
)
from .moved_time import MovedTime

# Seconds after the last turn of the zone's timer: what that leaves to do is done by then.
_REST = 1.0

# More messages than a channel stores.
_ALL = 1 << 31

_decode: msgspec.msgpack.Decoder[Question] = msgspec.msgpack.Decoder(Question)


class Answering:
    """Answers one question after the other, and has the worker stop when no one can ask any more."""

    def __init__(self, end: socket.socket, setup: Setup, worker: Worker, moved: MovedTime) -> None:
        self._end = end
        self._setup = setup
        self._worker = worker
        self._moved = moved
        self._frames = Frames()
        self._published: list[Message] = []
        self._answering: asyncio.Task[None] | None = None

    def begin(self, started: Started) -> None:
        """The worker serves: say so, and answer from now on."""
        zone = self._push.zone
        if isinstance(zone, LocalZone):
            zone.zone.observe(self._heard)
        elif self._setup.channels is not None:
            from ..server.redis.redis_zone import RedisZone  # only `channels=` needs it

            assert isinstance(zone, RedisZone)
            self._moved.is_busy = lambda: zone.is_busy
        self._end.sendall(frame(started))
        self._worker.loop.add_reader(self._end, self._read)

    @property
    def _push(self) -> PushWorker:
        return self._worker.engine.worker

    def _heard(self, message: Message) -> None:
        if message.id > 0:  # not the last one of a deleted channel
            self._published.append(message)

    def _read(self) -> None:
        data = self._end.recv(1 << 16)
        if not data:
            self._worker.loop.remove_reader(self._end)
            self._worker.stop()
            return
        self._frames.add(data)
        while (found := self._frames.take()) is not None:
            self._take(_decode.decode(found))

    def _take(self, question: Question) -> None:
        seconds = 0.0
        if isinstance(question, Advance):
            seconds = self._to_live + COLLECT_INTERVAL + _REST if question.seconds is None else question.seconds
            self._moved.advance(seconds)
        self._moved.when_idle(lambda: self._begin_answer(question, seconds))

    def _begin_answer(self, question: Question, moved: float) -> None:
        self._answering = self._worker.loop.create_task(self._send_answer(question, moved))

    async def _send_answer(self, question: Question, moved: float) -> None:
        try:
            answer = await self._answer(question, moved)
        except (ZoneLost, ZoneFailed) as error:
            answer = NotAnswered(str(error))
        self._end.sendall(frame(answer))

    @property
    def _to_live(self) -> int:
        """The seconds for which a message is stored."""
        return self._push.main.message_ttl

    async def _answer(self, question: Question, moved: float) -> Any:
        match question:
            case ListChannels():
                return await self._channels()
            case ListStored(channel):
                states = (await ask(self._push, Inspect((channel,), _ALL))).states
                return [_shown(message) for state in states for message in state.messages]
            case ListPublished(channel):
                return [_shown(message) for message in self._published if channel in (None, message.channel)]
            case ListWays(channel):
                return [_shown_way(way) for way in ways(reached(self._setup.sockets), channel)]
            case HasSubscriber(channel, user_agent):
                return self._has(channel, user_agent)
            case _:
                return moved

    def _has(self, channel: bytes, user_agent: bytes) -> bool:
        audience = self._push.audience_of(channel)
        if audience is None:
            return False
        subscribers = chain(audience.waiting, *audience.groups.values())
        return any(subscriber.client.user_agent == user_agent for subscriber in subscribers)

    async def _channels(self) -> list[ChannelCounts]:
        found: list[ChannelCounts] = []
        after = 0
        while True:
            listing = await ask(self._push, Channels(b"", after))
            for info in listing.infos:
                counts = info.published_messages, info.stored_messages, info.subscribers
                found.append(ChannelCounts(_text(info.channel), *counts))
            after = listing.last
            if not after:
                return found


def _shown_way(way: Way) -> WayTo:
    """A way, as ngxpush.client takes it: where the location takes the last message from arguments, tokens stand for it."""
    return WayTo(way.role, way.resuming("~time~", "~tag~", "~event-id~"), way.host, way.template)


def _shown(message: Message) -> PublishedMessage:
    event_id, event_type = (None if value is None else _text(value) for value in (message.event_id, message.event_type))
    channel = _text(message.channel)
    return PublishedMessage(message.id, channel, message.text, message.time, message.tag, event_id, event_type)


def _text(value: bytes) -> str:
    """Text; bytes that are no UTF-8 as escapes."""
    return value.decode("utf-8", "backslashreplace")
