"""Operations as the function in Redis reads them. No I/O.

The MessagePack of Redis (cmsgpack) has one type for texts, and does not know the one for bytes: bytes go there as texts, whatever
they are. An operation is an array of its name and its fields, as everywhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from struct import Struct as Layout
from typing import Any, Final

import msgspec

from ...push.operations import (
    ChannelRequest,
    Channels,
    ChannelsInfo,
    Create,
    Delete,
    Inspect,
    Publish,
    Resume,
    Subscribe,
    Unsubscribe,
    ZoneOperation,
)
from .language import Held, Rejoin, ReportEvents

_SHORT = tuple([bytes([0xA0 | length]) for length in range(32)])
_LONG = Layout(">BI").pack

encode = msgspec.msgpack.Encoder().encode
"""Makes MessagePack of values and of what `packed` and `as_text` return."""


def as_text(value: bytes) -> msgspec.Raw:
    """Bytes as a text of MessagePack, encoded."""
    length = len(value)
    return msgspec.Raw((_SHORT[length] if length < len(_SHORT) else _LONG(0xDB, length)) + value)


def packed(operation: ZoneOperation[Any]) -> Any:
    """The operation, ready to be encoded."""
    fields = _FIELDS.get(type(operation))
    return operation if fields is None else (type(operation).__name__, *fields(operation))


def _maybe(value: bytes | None) -> msgspec.Raw | None:
    return None if value is None else as_text(value)


def _all(values: Iterable[bytes]) -> tuple[msgspec.Raw, ...]:
    return tuple([as_text(value) for value in values])


def _request(request: ChannelRequest) -> tuple[Any, ...]:
    return as_text(request.id), request.backtrack


def _resume(resume: Resume) -> tuple[Any, ...]:
    return resume.time, resume.tag, _maybe(resume.event_id)


def _subscribe(asked: Subscribe) -> tuple[Any, ...]:
    requests = tuple([_request(request) for request in asked.channels])
    return (
        asked.worker,
        requests,
        _resume(asked.resume),
        asked.stay,
        asked.authorized_channels_only,
        asked.allow_connections_to_events_channel,
    )


def _held(held: Held) -> tuple[Any, ...]:
    position = held.position
    return as_text(position.channel), position.incarnation, position.time, position.tag, held.subscribers


_FIELDS: Final[dict[type, Callable[[Any], tuple[Any, ...]]]] = {
    Create: lambda asked: (_all(asked.channels),),
    Publish: lambda asked: (
        _all(asked.channels),
        as_text(asked.text),
        asked.store,
        _maybe(asked.event_id),
        _maybe(asked.event_type),
    ),
    Subscribe: _subscribe,
    Unsubscribe: lambda asked: (asked.worker, _all(asked.channels), asked.clients),
    Delete: lambda asked: (_all(asked.channels), as_text(asked.text)),
    ChannelsInfo: lambda asked: (_all(asked.channels),),
    Channels: lambda asked: (as_text(asked.prefix), asked.after),
    Inspect: lambda asked: (_all(asked.channels), asked.messages, asked.measured),
    Rejoin: lambda asked: (asked.worker, asked.pid, asked.clients, tuple(map(_held, asked.channels)), asked.last),
    ReportEvents: lambda asked: (tuple([(as_text(event.type), as_text(event.channel)) for event in asked.events]),),
}
