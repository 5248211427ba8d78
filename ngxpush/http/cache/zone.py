"""What all workers know of the answers of one cache (`keys_zone`): a record for each digest, in memory that they share.

The zone is a hash table in a writable buffer, as those of limit_req. Its buckets have a few records each; a record of zeros is
free, so an empty buffer needs no initialisation. Where a bucket is full, the answer goes that was not used for the longest time.

A record is made by the first request for an answer, and lives until the answer was not used for `inactive` seconds.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from ...numbers import wrapped

_RECORD: Final = struct.Struct("=16sIHHIqqqq")
_HEAD: Final = struct.Struct("=qqq")
_HEAD_SIZE: Final = 64
_FREE: Final = bytes(16)
_PER_BUCKET: Final = 16
_BUCKET_SIZE: Final = _PER_BUCKET * _RECORD.size
_STEP: Final = 8 * _BUCKET_SIZE
"""How much of the memory one step of `CacheZone.records` looks at."""


class CacheRecord(Struct, frozen=True):
    """What is known of one answer.

    uses: requests for it since the record was made.  size: bytes of its file on the disk; 0 if there is none.
    expire: when it counts as unused, seconds since the epoch.
    error: the status of a cached error; 0 for none.  error_until: how long it is good, seconds since the epoch.
    updater: the id of the process that fetches the answer; 0 for none.
    locked_until: how long others wait for that (PREFIX_cache_lock), milliseconds since the epoch.
    """

    digest: bytes
    uses: int = 0
    size: int = 0
    expire: int = 0
    error: int = 0
    error_until: int = 0
    updater: int = 0
    locked_until: int = 0

    @property
    def exists(self) -> bool:
        """Whether the answer has a file."""
        return self.size > 0


class CacheZone:
    """The records of one cache.

    memory: at least a page.  lock: shared by all processes.  lives: whether a process of that id lives.
    """

    __slots__ = ("_buckets", "_lives", "_memory", "lock")

    def __init__(self, memory: memoryview, lock: AbstractContextManager[object], lives: Callable[[int], bool]) -> None:
        self._memory = memory
        self._lives = lives
        self._buckets = (len(memory) - _HEAD_SIZE) // _BUCKET_SIZE
        self.lock = lock

    # One record. The caller holds the lock.

    def get(self, digest: bytes) -> CacheRecord | None:
        """The record of a digest; None without one."""
        for place in self._bucket(digest):
            record = self._unpack(place)
            if record is not None and record.digest == digest:
                return record
        return None

    def put(self, record: CacheRecord) -> CacheRecord | None:
        """Keep a record. Returns the one that made room for it in a full bucket: its file is to be removed."""
        free: int | None = None
        oldest: tuple[int, CacheRecord] | None = None
        for place in self._bucket(record.digest):
            known = self._unpack(place)
            if known is None:
                free = place if free is None else free
            elif known.digest == record.digest:
                self._write(place, record, known)
                return None
            elif oldest is None or known.expire < oldest[1].expire:
                oldest = place, known
        if free is not None:
            self._write(free, record, None)
            return None
        assert oldest is not None
        self._write(oldest[0], record, oldest[1])
        return oldest[1]

    def remove(self, digest: bytes) -> None:
        """Forget an answer."""
        for place in self._bucket(digest):
            record = self._unpack(place)
            if record is not None and record.digest == digest:
                self._memory[place : place + _RECORD.size] = bytes(_RECORD.size)
                self._add(-record.size)

    # What requests do

    def is_updating(self, record: CacheRecord) -> bool:
        """Whether a process fetches the answer; not one that has died."""
        return bool(record.updater) and self._lives(record.updater)

    def stored(self, digest: bytes, size: int, expire: int) -> CacheRecord | None:
        """The answer has a file now. Returns the record that made room, as `put`."""
        with self.lock:
            known = self.get(digest) or CacheRecord(digest, 1)
            return self.put(replace(known, size=size, expire=expire, error=0, updater=0))

    def released(self, digest: bytes, updater: int, locked_until: int) -> None:
        """The process `updater` fetches the answer no more; nothing if another lock has been taken since."""
        with self.lock:
            known = self.get(digest)
            if known is not None and known.updater == updater and known.locked_until == locked_until:
                self.put(replace(known, updater=0))

    def failed(self, digest: bytes, error: int, until: int) -> None:
        """Keep an error as the answer."""
        with self.lock:
            known = self.get(digest)
            if known is not None:
                self.put(replace(known, error=error, error_until=until, updater=0))

    def gone(self, digest: bytes) -> None:
        """The answer's file was removed, and is forgotten."""
        with self.lock:
            self.remove(digest)

    # All of it, for the manager

    @property
    def size(self) -> int:
        """Bytes of all files on the disk."""
        size: int = _HEAD.unpack_from(self._memory)[0]
        return size

    def take_turn(self, now: int, seconds: int) -> bool:
        """Whether the manager's work is to be done by this process now: no other one does it for so many seconds."""
        with self.lock:
            size, until, loaded = _HEAD.unpack_from(self._memory)
            if until > now:
                return False
            _HEAD.pack_into(self._memory, 0, size, now + seconds, loaded)
            return True

    def end_turn(self, until: int) -> None:
        """The manager's work is done; it is next to be done at that time."""
        with self.lock:
            size, _, loaded = _HEAD.unpack_from(self._memory)
            _HEAD.pack_into(self._memory, 0, size, until, loaded)

    def take_loading(self) -> bool:
        """Whether this process is to look which files there are already. True once."""
        with self.lock:
            size, until, loaded = _HEAD.unpack_from(self._memory)
            _HEAD.pack_into(self._memory, 0, size, until, 1)
            return not loaded

    def load(self, digest: bytes, size: int, expire: int) -> None:
        """A file was there already."""
        with self.lock:
            if self.get(digest) is None:
                self.put(CacheRecord(digest, 1, size, expire))

    def records(self) -> Iterator[CacheRecord | None]:
        """All records as they are when they are reached; None between them, whenever some buckets were looked at."""
        end = _HEAD_SIZE + self._buckets * _BUCKET_SIZE
        for start in range(_HEAD_SIZE, end, _STEP):
            step = bytes(self._memory[start : min(start + _STEP, end)])
            if step.count(0) < len(step):  # most are free: to look at them one by one takes much longer
                for place in range(start, start + len(step), _RECORD.size):
                    record = self._unpack(place)
                    if record is not None:
                        yield record
            yield None

    def _bucket(self, digest: bytes) -> range:
        start = _HEAD_SIZE + int.from_bytes(digest[:8], "little") % self._buckets * _BUCKET_SIZE
        return range(start, start + _BUCKET_SIZE, _RECORD.size)

    def _unpack(self, place: int) -> CacheRecord | None:
        if self._memory[place : place + 16] == _FREE:
            return None
        digest, uses, error, _, updater, size, expire, error_until, locked = _RECORD.unpack_from(self._memory, place)
        return CacheRecord(digest, uses, size, expire, error, error_until, updater, locked)

    def _write(self, place: int, record: CacheRecord, before: CacheRecord | None) -> None:
        times = (record.size, wrapped(record.expire), wrapped(record.error_until), wrapped(record.locked_until))
        _RECORD.pack_into(self._memory, place, record.digest, record.uses, record.error, 0, record.updater, *times)
        self._add(record.size - (0 if before is None else before.size))

    def _add(self, size: int) -> None:
        total, until, loaded = _HEAD.unpack_from(self._memory)
        _HEAD.pack_into(self._memory, 0, max(0, total + size), until, loaded)
