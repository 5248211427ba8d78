"""A zone as a value: what is kept of it when it moves to another process, or when its journal has become long.

A zone that is restored from it does the later operations again.
"""

from __future__ import annotations

from msgspec import Struct

from .channels import ChannelSnapshot
from .lifetimes import ThrownAway


class WorkerSnapshot(Struct, frozen=True, array_like=True, gc=False):
    """A worker of the zone. started: the second it started.  subscribers: how many clients it has."""

    name: str
    pid: int
    started: int
    subscribers: int


class Snapshot(Struct, frozen=True, array_like=True):
    """Everything in a zone but its settings and templates. The fields are Zone's own."""

    started: int
    time: int
    tag: int
    published: int
    stored: int
    channels: tuple[ChannelSnapshot, ...]
    deleted: tuple[ChannelSnapshot, ...]
    trash: tuple[ThrownAway, ...]
    workers: tuple[WorkerSnapshot, ...]
    memory_size: int
    memory_free: tuple[int, ...]
