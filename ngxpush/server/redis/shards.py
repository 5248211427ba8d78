"""Shards: which one a channel is in, an operation of the zone in parts for them, and the parts' results as one. No I/O."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from ...push.operations import ZoneOperation


class Shard(Struct, frozen=True):
    """One shard of so many (`of`): 0, 1, …"""

    number: int = 0
    of: int = 1


class Part(Struct, frozen=True):
    """What one shard is asked for of an operation (`whole`). first: it counts the client, where that is counted once."""

    shard: int
    operation: ZoneOperation[Any]
    whole: ZoneOperation[Any]
    first: bool = True


def split(operation: ZoneOperation[Any], of: int) -> tuple[Part, ...]:
    """The parts of an operation for a zone of so many shards, to be asked for in this order or at once."""
    raise NotImplementedError


def join(parts: tuple[Part, ...], results: tuple[Any, ...]) -> Any:
    """The result of an operation from those of its parts."""
    raise NotImplementedError


def undo(parts: tuple[Part, ...], results: tuple[Any, ...]) -> tuple[Part, ...]:
    """What is to be posted where the parts of a subscription do not agree: some shards have counted a client that does not stay."""
    raise NotImplementedError
