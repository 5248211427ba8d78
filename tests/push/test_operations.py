"""The language of the zone as values and as bytes."""

from __future__ import annotations

from typing import Any, get_args

import msgspec
import pytest

from ngxpush.push.operations import (
    Attach,
    Change,
    ChannelRequest,
    Channels,
    ChannelsInfo,
    Collect,
    CollectMessages,
    Create,
    Delete,
    Entry,
    Forget,
    Publish,
    Query,
    Resume,
    Stay,
    Subscribe,
    Summary,
    Unsubscribe,
    decode_entry,
    encode,
    is_change,
)
from ngxpush.push.zone import _METHODS

CHANGES: list[Change] = [
    Attach("w1", 7),
    Forget("w1"),
    Create((b"a", b"\xff\x00")),
    Publish((b"a",), b"text", False, b"", None),
    Subscribe("w1", (ChannelRequest(b"a", (1 << 63) - 1),), Resume(7, 1, b"id"), Stay.NEVER, True, 3, True),
    Unsubscribe("w1", ()),
    Delete((b"a",), b"bye"),
    Collect(),
    CollectMessages(),
]


@pytest.mark.parametrize("operation", CHANGES)
def test_an_entry_is_read_back_as_it_was_written(operation: Change) -> None:
    assert decode_entry(encode(Entry(1_700_000_000, operation))) == Entry(1_700_000_000, operation)


def test_what_changes_the_zone_and_what_only_asks() -> None:
    assert {type(operation) for operation in CHANGES} == set(get_args(Change))
    assert all(map(is_change, CHANGES))
    assert not any(map(is_change, (ChannelsInfo((b"a",)), Channels(), Summary())))


def test_the_zone_does_every_operation() -> None:
    assert set(_METHODS) == set(get_args(Change)) | set(get_args(Query))


def test_an_operation_can_t_be_changed() -> None:
    with pytest.raises(AttributeError):
        Create((b"a",)).channels = ()  # type: ignore[misc]


@pytest.mark.parametrize(
    "content",
    [[], [1], [1, ["Explode"]], [1, ["Summary"]], [1, ["Create", [1]]], ["1", ["Collect"]], [1, ["Publish", [b"a"], b"m", 7]]],
)
def test_nothing_but_entries_is_read(content: Any) -> None:
    with pytest.raises(msgspec.ValidationError):
        decode_entry(msgspec.msgpack.encode(content))
