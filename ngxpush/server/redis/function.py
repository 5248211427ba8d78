"""The function in Redis: what it is called with, and what it says. No I/O.

The function is written in Lua; it does one operation of one shard. SCRIPT LOAD gives it to a server, EVALSHA calls it; EVAL does
both.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from hashlib import sha1
from importlib.resources import files
from typing import Any

import msgspec

from ...config.directives.push_stream.settings import PushStreamMain
from ...push.checks import has_too_many_wildcards
from ...push.events import CHANNEL_CREATED
from ...push.memory import PAGES_AT_START, message_sizes, pages_of
from ...push.messages import DELETED_ID, Message
from ...push.operations import Create, Delete, Inspected, Publish, Subscribe, Subscribed, ZoneOperation
from ...push.templates import Templates
from ...push.zone import no_memory_for_deletion
from ..zone.dialogue import BrokenStream, Deleted, Heard
from .language import CallDone, Frame, Rejoined
from .packing import as_text, encode, packed
from .shards import Shard, ShardPart, shard_of

_decode = msgspec.msgpack.Decoder(tuple[Frame, ...]).decode

_FILES = (
    "zone",  # what it is, its keys, its arguments
    "messagepack",
    "reading",
    "passing_on",
    "beginning",  # as early as it can be: some calls end here
    "memory",
    "writing",
    "messages",
    "creating",
    "operations",
    "publishing",  # from here on what is asked for most comes first: a call makes no functions that come later
    "subscribing",
    "queries",
    "deleting",
    "workers",
    "lifetimes",
    "rejoining",
)
"""The files of lua/, in the order in which they are the function. Each uses what those before it have made."""

# What takes memory, and is refused where Redis has none left. All else goes on there: it makes room, or says what there is.
_GROWING = frozenset((Create, Publish, Subscribe))


@cache
def scripts() -> tuple[bytes, bytes]:
    """The texts of the function, for SCRIPT LOAD: as it is refused at `maxmemory`, and as it goes on there."""
    directory = files(__package__).joinpath("lua")
    text = b"\n".join([directory.joinpath(f"{name}.lua").read_bytes() for name in _FILES])
    return text, b"#!lua flags=allow-oom\n" + text


@cache
def _digests() -> tuple[bytes, ...]:
    return tuple([sha1(script, usedforsecurity=False).hexdigest().encode() for script in scripts()])


def digest(operation: ZoneOperation[Any]) -> bytes:
    """The name of the function that does the operation, for EVALSHA."""
    return _digests()[type(operation) not in _GROWING]


def script(operation: ZoneOperation[Any]) -> bytes:
    """The text of the function that does the operation, for EVAL, which gives it to the server as well."""
    return scripts()[type(operation) not in _GROWING]


class Function:
    """The function for one shard of a zone, as one worker calls it.

    session: a number that is higher than those of the worker's connections before; 0: any session may call.
    publish: the command that reaches other workers, PUBLISH or, in a Cluster, SPUBLISH.
    """

    def __init__(
        self, zone: str, shard: Shard, settings: PushStreamMain, templates: Templates, worker: str, publish: str = "PUBLISH"
    ) -> None:
        self.session = 0
        self._prefix = f"{{ngxpush:{zone}:{shard.number}}}:"
        self._key = f"{self._prefix}zone".encode()
        self._worker = worker
        self._settings = settings
        self._templates = templates
        self._packed = _packed_settings(shard, settings, templates, publish)

    @property
    def topic(self) -> bytes:
        """What the worker subscribes to: frames come there that other workers cause."""
        return f"{self._prefix}worker:{self._worker}".encode()

    def arguments(self, number: int, part: ShardPart, timed: bool = False, now: int | None = None) -> tuple[bytes, ...]:
        """What follows the digest in EVALSHA, and the text in EVAL.

        number: of the call, for its CallDone.
        timed: `Collect` or `CollectMessages` is done only if it is due, whoever did it last.
        now: whole seconds since the epoch; None: the time of the server.
        """
        operation = part.operation
        extra: Any = None
        match operation:
            case Publish():
                extra = self._sizes_of_published(operation)
            case Subscribe():
                assert isinstance(part.whole, Subscribe)
                extra = (has_too_many_wildcards(part.whole, self._settings), int(part.first))
            case Delete():
                text = self._settings.channel_deleted_message_text if operation.text is None else operation.text
                operation = Delete(operation.channels, text)
                extra = self._sizes_of_deleted(operation.channels, text)
        call = encode((self._worker, self.session, number, timed, now, packed(operation), extra))
        return b"1", self._key, self._packed, call

    def frames(self, payload: bytes) -> tuple[Frame, ...]:
        """The frames of a reply or of a message of the topic. Raises BrokenStream."""
        try:
            frames = _decode(payload)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise BrokenStream(f"frames of {len(payload)} bytes make no sense: {error}") from error
        for frame in frames:
            for message in _messages_in(frame):
                message.texts = self._templates.texts(message)
        return frames

    def _sizes_of_published(self, operation: Publish) -> tuple[tuple[int, ...], ...]:
        """The objects of the message in each channel. Its texts are measured with the number and tag 1."""
        return tuple(
            [
                self._sizes(Message(1, id, operation.text, 0, 1, operation.event_id, operation.event_type))
                for id in operation.channels
            ]
        )

    def _sizes_of_deleted(self, ids: tuple[bytes, ...], text: bytes) -> tuple[Any, ...]:
        """The objects of the last message of each channel, then what the error log says of each where there is no memory."""
        return (
            *[self._sizes(Message(DELETED_ID, id, text, 0, 0)) for id in ids],
            [no_memory_for_deletion(id).logged for id in ids],
        )

    def _sizes(self, message: Message) -> tuple[int, ...]:
        message.texts = self._templates.texts(message)
        return message_sizes(message)


def _messages_in(frame: Frame) -> Iterable[Message]:
    match frame:
        case Heard(message) | Deleted(message):
            return (message,)
        case CallDone(result=Subscribed(messages=messages)):
            return messages
        case CallDone(result=Inspected(states=states)):
            return [message for state in states for message in state.messages]
        case CallDone(result=Rejoined(messages=missed, deleted=deleted)):
            return (*missed, *deleted)
    return ()


def _packed_settings(shard: Shard, settings: PushStreamMain, templates: Templates, publish: str) -> bytes:
    """The first argument of the function: its order is that of lua/zone.lua. Limits of a zone are shared out to its shards."""

    def share(limit: int | None) -> int | None:
        return None if limit is None else -(-limit // shard.of)

    events = settings.events_channel_id
    return encode(
        (
            settings.channel_inactivity_time,
            settings.message_ttl,
            settings.max_messages_stored_per_channel,
            share(settings.max_number_of_channels),
            share(settings.max_number_of_wildcard_channels),
            settings.max_subscribers_per_channel,
            settings.max_channel_id_length,
            as_text(settings.wildcard_channel_prefix),
            as_text(events) if events else None,
            bool(events) and shard_of(events, shard.of) == shard.number,
            shard.of,
            PAGES_AT_START + _pages_of(shard, settings),
            [_length_in_template(template, settings, templates) for template in range(len(templates))],
            publish,
        )
    )


def _pages_of(shard: Shard, settings: PushStreamMain) -> int:
    """The shard's part of what the zone's memory has besides what is taken at the start."""
    each, rest = divmod(pages_of(settings.shared_memory_size or 0) - PAGES_AT_START, shard.of)
    return each + (shard.number < rest)


def _length_in_template(index: int, settings: PushStreamMain, templates: Templates) -> tuple[int, int]:
    """How long an event is in a template: so many bytes, and so many for each byte of its text.

    The function makes events by itself, and has no templates. What grows in steps, as the head of a websocket's frame, is not
    followed.
    """
    lengths = []
    for text in (b"x" * 50, b"x" * 51):
        message = Message(1, settings.events_channel_id, text, 0, 1, None, CHANNEL_CREATED)
        message.texts = templates.texts(message)
        lengths.append(len(message.formatted(index)))
    each = lengths[1] - lengths[0]
    return lengths[0] - 50 * each, each
