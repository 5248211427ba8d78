"""Looks for the answer to one request in a cache (nginx's ngx_http_cache_t).

Whoever finds no answer, or one that is out of date, may be the one that fetches it; the place holds the lock then, until the
answer is stored or `release` is called.
"""

from __future__ import annotations

import enum
import errno

from msgspec import Struct
from msgspec.structs import replace

from ...config.directives.gateways.location import GatewayLocation
from ..operations import OpenedFile, OpenFile, Sleep
from ..request import Request
from ..system_errors import failure
from .entry import HEADER_SIZE, BrokenEntry, CacheEntry, head_start, parse_entry
from .key import Key
from .shelf import Shelf, disk_size
from .variant import variant_digest
from .zone import CacheRecord

# How often a request that waits looks again, milliseconds.
_LOOKS_EVERY = 500


class CacheFound(enum.Enum):
    """What there is for a request."""

    # A good answer.
    HIT = enum.auto()

    # An old answer, which this request is to renew.
    STALE = enum.auto()

    # An old answer, which another request renews.
    UPDATING = enum.auto()

    # None; this request is to fetch one.
    MISS = enum.auto()

    # None, and the one that is fetched is not to be kept.
    SCARCE = enum.auto()

    # A cached error (`Place.error`).
    ERROR = enum.auto()

    # None yet: another request fetches it.
    WAIT = enum.auto()


class _Lock(Struct, frozen=True):
    digest: bytes
    until: int


class Place:
    """The place of one request's answer.

    path: of its file.  error: the status of a cached error.
    beginning, entry, head, file: of an answer that was found: the header of its file, what that says, the answer's head, and the
    file, open.
    """

    def __init__(self, request: Request, settings: GatewayLocation, shelf: Shelf, key: Key) -> None:
        self.shelf = shelf
        self.key = key
        self.beginning = b""
        self.entry: CacheEntry | None = None
        self.head = b""
        self.file: OpenedFile | None = None
        self.error = 0
        self._request = request
        self._settings = settings
        self._main = self._digest = key.digest
        self._used: set[bytes] = set()
        self._lock: _Lock | None = None
        self._waits_until: int | None = None
        self._waits = settings.cache_lock_timeout > 0

    @property
    def path(self) -> bytes:
        return self.shelf.path(self._digest)

    @property
    def stale_while_updating(self) -> bool:
        """Whether the answer itself allows to be used while it is renewed."""
        return self.entry is not None and self.entry.valid + self.entry.updating >= int(self._request.now)

    async def look(self) -> CacheFound:
        """Look for the answer. Raises OSError for a file that can't be opened or read; it is logged."""
        while True:
            found = await self._look()
            if found is not CacheFound.WAIT:
                return found
            await self._wait()

    async def _look(self) -> CacheFound:
        record = self.use()
        if record.error and record.error_until >= int(self._request.now):
            self.error = record.error
            return CacheFound.ERROR
        found = await self._open(record)
        if found is not None:
            return found
        if not record.exists and record.uses < self._settings.cache_min_uses:
            return CacheFound.SCARCE
        return self._take_lock() if self._settings.cache_lock else CacheFound.MISS

    def use(self) -> CacheRecord:
        """Count a use of the answer, once for each request."""
        zone, now = self.shelf.zone, int(self._request.now)
        with zone.lock:
            known = zone.get(self._digest) or CacheRecord(self._digest)
            if known.error and known.error_until < now:
                known = replace(known, error=0, error_until=0, size=0)
            uses = known.uses + (self._digest not in self._used)
            record = replace(known, uses=min(uses, 0xFFFFFFFF), expire=now + self.shelf.settings.inactive)
            evicted = zone.put(record)
        self._used.add(self._digest)
        self._remove(evicted)
        return record

    def _remove(self, evicted: CacheRecord | None) -> None:
        """Remove the file of an answer that the zone has no room for."""
        if evicted is not None and evicted.exists:
            self.shelf.files.remove(self.shelf.path(evicted.digest))

    async def _open(self, record: CacheRecord) -> CacheFound | None:
        """The answer in the file; None without one."""
        try:
            file = await OpenFile(self.path, None)
        except OSError as error:
            if error.errno in (errno.ENOENT, errno.ENOTDIR):
                return None
            self._log_failure(b"open()", error)
            raise
        self.close()
        self.file = file
        try:
            return await self._read(file, record)
        except BrokenEntry as broken:
            self.close()
            self.log_broken(broken.words, broken.level)
            return CacheFound.MISS

    def _log_failure(self, call: bytes, error: OSError) -> None:
        self._request.connection.log("crit", failure(call, self.path, error), self._request)

    def log_broken(self, what: bytes, level: str = "crit") -> None:
        """Say what is wrong with the file."""
        self._request.connection.log(level, b'cache file "%b" %b' % (self.path, what), self._request)

    async def _read(self, file: OpenedFile, record: CacheRecord) -> CacheFound:
        try:
            data = file.read(0, self._settings.buffer_size)
        except OSError as error:
            self._log_failure(b"pread()", error)
            raise
        entry = parse_entry(data, self.key, self._settings.buffer_size)
        if entry.vary:
            variant = variant_digest(self._main, entry.vary, self._request.input.headers)
            if variant != entry.variant:
                if self._digest != self._main:
                    raise BrokenEntry(b"has incorrect vary hash")
                self.close()
                self._digest = variant
                return await self._look()
        self.beginning, self.entry, self.head = data[:HEADER_SIZE], entry, data[entry.head_start : entry.body_start]
        if not record.exists:
            self._exists(disk_size(file.status.size))
        return CacheFound.HIT if entry.valid >= int(self._request.now) else self._take_over()

    def _exists(self, size: int) -> None:
        """The zone did not know the file: it is of an earlier server."""
        zone = self.shelf.zone
        with zone.lock:
            record = zone.get(self._digest)
            if record is not None:
                zone.put(replace(record, size=size))

    def _take_over(self) -> CacheFound:
        """Become the one that renews an old answer, if there is none."""
        zone = self.shelf.zone
        with zone.lock:
            record = zone.get(self._digest)
            if record is None:
                return CacheFound.STALE
            if zone.is_updating(record):
                return CacheFound.UPDATING
            self._hold(replace(record, updater=self._request.connection.process.pid))
            return CacheFound.STALE

    def _take_lock(self) -> CacheFound:
        """Become the one that fetches the answer; or wait for that one (PREFIX_cache_lock)."""
        zone, now = self.shelf.zone, int(self._request.now * 1000)
        with zone.lock:
            record = zone.get(self._digest) or CacheRecord(self._digest)
            if self._lock is not None and self._lock.digest == self._digest:
                return CacheFound.MISS
            if not zone.is_updating(record) or record.locked_until <= now:
                pid, until = self._request.connection.process.pid, now + self._settings.cache_lock_age
                self._hold(replace(record, updater=pid, locked_until=until))
                return CacheFound.MISS
        return CacheFound.WAIT if self._waits else CacheFound.SCARCE

    def _hold(self, record: CacheRecord) -> None:
        self.shelf.zone.put(record)
        self._lock = _Lock(record.digest, record.locked_until)

    async def _wait(self) -> None:
        """Wait before the next look. At the end of PREFIX_cache_lock_timeout the lock is ignored from now on."""
        now = int(self._request.now * 1000)
        if self._waits_until is None:
            self._waits_until = now + self._settings.cache_lock_timeout
        left = self._waits_until - now
        await Sleep(self._request, max(0, min(left, _LOOKS_EVERY)) / 1000)
        if left <= _LOOKS_EVERY:
            self._request.connection.log("info", b"cache lock timeout", self._request)
            self._waits = False

    # What is stored

    def begin(self, entry: CacheEntry) -> CacheEntry:
        """Choose the file for a new answer. Returns the entry with its variant and places."""
        variant = b""
        if entry.vary:
            variant = variant_digest(self._main, entry.vary, self._request.input.headers)
        if variant != self._digest:
            self._digest = self._main
        start = head_start(self.key)
        return replace(entry, variant=variant, head_start=start, body_start=start + entry.body_start)

    def stored(self, size: int) -> None:
        """The file has got its place."""
        now = int(self._request.now)
        evicted = self.shelf.zone.stored(self._digest, disk_size(size), now + self.shelf.settings.inactive)
        if self._lock is not None and self._lock.digest == self._digest:
            self._lock = None
        self._remove(evicted)

    def failed(self, status: int, seconds: int) -> None:
        """Keep an error as the answer."""
        self.shelf.zone.failed(self._digest, status, int(self._request.now) + seconds)

    def release(self) -> None:
        """Let others fetch the answer."""
        lock, self._lock = self._lock, None
        if lock is not None:
            self.shelf.zone.released(lock.digest, self._request.connection.process.pid, lock.until)

    def close(self) -> None:
        """Close the file that was found."""
        file, self.file = self.file, None
        if file is not None:
            file.close()
