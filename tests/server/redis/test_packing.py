"""Operations as Redis reads them: arrays in which bytes are texts."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from ngxpush.push.operations import Attach, Channels, Delete, Publish, Subscribe, Summary, Unsubscribe, ZoneOperation
from ngxpush.push.operations import ChannelRequest as Request
from ngxpush.push.operations import Resume as At
from ngxpush.server.redis.language import ChannelPosition, Held, Rejoin, ReportEvents, ZoneEvent
from ngxpush.server.redis.packing import as_text, encode, packed


def read(data: bytes) -> Any:
    return msgspec.msgpack.decode(data)


@pytest.mark.parametrize("length", [0, 31, 32, 255, 256, 70_000])
def test_bytes_are_texts_of_any_length(length: int) -> None:
    assert read(encode([as_text(b"x" * length), 1])) == ["x" * length, 1]


def test_bytes_that_are_no_text_stay_as_they_are() -> None:
    assert encode(as_text(b"\xff\x00")) == b"\xa2\xff\x00"


@pytest.mark.parametrize(
    ("operation", "fields"),
    [
        (Attach("w", 7), ["Attach", "w", 7]),
        (Summary(), ["Summary"]),
        (Publish((b"a", b"b"), b"m", True, None, b"t"), ["Publish", ["a", "b"], "m", True, None, "t"]),
        (
            Subscribe("w", (Request(b"a", 3), Request(b"b")), At(1, None, b"e"), authorized_channels_only=True),
            ["Subscribe", "w", [["a", 3], ["b", None]], [1, None, "e"], "always", True, False],
        ),
        (Unsubscribe("w", (b"a",), 2), ["Unsubscribe", "w", ["a"], 2]),
        (Delete((b"a",), b"bye"), ["Delete", ["a"], "bye"]),
        (Channels(b"a", 9), ["Channels", "a", 9]),
        (Rejoin("w", 7, 2, (Held(ChannelPosition(b"a", 5, 1, 2), 3),)), ["Rejoin", "w", 7, 2, [["a", 5, 1, 2, 3]], True]),
        (ReportEvents((ZoneEvent(b"t", b"a"),)), ["ReportEvents", [["t", "a"]]]),
    ],
)
def test_an_operation_is_its_name_and_its_fields(operation: ZoneOperation[Any], fields: list[Any]) -> None:
    assert read(encode(packed(operation))) == fields
