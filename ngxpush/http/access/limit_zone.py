"""The zones of limit_req and limit_conn: a record for each key, in memory that all workers share.

A zone is a hash table in a writable buffer. Its buckets have a few records each; a record is the digest of a key and two
numbers. A record of zeros is free, so an empty buffer needs no initialisation.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Final

from msgspec import Struct

_RECORD: Final = struct.Struct("=16sqq")
_FREE: Final = bytes(_RECORD.size)
_PER_BUCKET: Final = 16
_BUCKET_SIZE: Final = _PER_BUCKET * _RECORD.size


class Record(Struct, frozen=True):
    """The record of a key. time: of the last change, milliseconds since the epoch.  value: the module's number."""

    time: int
    value: int


class LimitZone:
    """The records of one zone. memory: at least 512 bytes."""

    __slots__ = ("_buckets", "_memory")

    def __init__(self, memory: memoryview) -> None:
        self._memory = memory
        self._buckets = len(memory) // _BUCKET_SIZE

    def get(self, key: bytes) -> Record | None:
        """The record of a key; None without one."""
        digest = _digest(key)
        for place in self._bucket(digest):
            kept, time, value = _RECORD.unpack_from(self._memory, place)
            if kept == digest:
                return Record(time, value)
        return None

    def put(self, key: bytes, record: Record, evict: bool) -> bool:
        """Store the record of a key. In a full bucket it replaces the oldest record with `evict`; otherwise False."""
        digest = _digest(key)
        room: int | None = None
        oldest: tuple[int, int] | None = None
        for place in self._bucket(digest):
            kept, time, _ = _RECORD.unpack_from(self._memory, place)
            if kept == digest:
                room = place
                break
            if kept == _FREE[: len(kept)]:
                room = place if room is None else room
            elif oldest is None or time < oldest[0]:
                oldest = time, place
        if room is None and evict and oldest is not None:
            room = oldest[1]
        if room is None:
            return False
        _RECORD.pack_into(self._memory, room, digest, record.time, record.value)
        return True

    def remove(self, key: bytes) -> None:
        """Remove the record of a key."""
        digest = _digest(key)
        for place in self._bucket(digest):
            if self._memory[place : place + len(digest)] == digest:
                self._memory[place : place + _RECORD.size] = _FREE

    def _bucket(self, digest: bytes) -> range:
        """The offsets of the records in the bucket of a digest."""
        start = int.from_bytes(digest[:8], "little") % self._buckets * _BUCKET_SIZE
        return range(start, start + _BUCKET_SIZE, _RECORD.size)


def _digest(key: bytes) -> bytes:
    return hashlib.blake2b(key, digest_size=16).digest()


class LimitZones(Struct, frozen=True):
    """The zones of a configuration, by name. lock: shared by all workers, held while records are read or changed."""

    zones: Mapping[bytes, LimitZone]
    lock: AbstractContextManager[object]
