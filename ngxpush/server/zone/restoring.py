"""A zone into its journal, and out of it again.

The journal's records are values: `Configured` at the beginning, then perhaps a saved zone (push/snapshot.py), then the changes
(push/operations.py: `Entry`), with another `Configured` where a reload was.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from ...config.configuration import Configuration
from ...config.directives.push_stream.settings import PushStreamLocation, PushStreamMain
from ...push.operations import Change, Entry, ZoneOperation, encode
from ...push.question import Clock, Timer
from ...push.snapshot import Saved
from ...push.templates import Templates
from ...push.zone import Zone
from .journal import Journal, Reader

Warn = Callable[[str], None]
"""Writes a warning to the error log."""

# Seconds of processor time that a slice of a rebuilding or of a compaction takes, and seconds between two of the latter. A slice
# is measured in time: a turn of a busy loop is long, and a compaction of many small steps would be void at the next reload.
_SLICE_TIME = 0.005
_SLICE_INTERVAL = 0.002
# Bytes that a compaction writes at once: a small part of a slice.
_STEP = 1 << 15


class ZoneSettings(Struct, frozen=True):
    """What a configuration says of the zone."""

    main: PushStreamMain
    templates: Templates

    @classmethod
    def of(cls, configuration: Configuration) -> ZoneSettings:
        http = configuration.http
        if http is None:
            return cls(PushStreamMain(), Templates(PushStreamMain(), ()))
        return cls(http.of(PushStreamMain), Templates(http.of(PushStreamMain), http.each(PushStreamLocation)))


class Configured(Struct, frozen=True, array_like=True, tag="R"):
    """From here on the zone is under the configuration `epoch`. time: whole seconds since the epoch."""

    epoch: int
    time: int


_decode_record = msgspec.msgpack.Decoder(Configured | Entry | Saved).decode


def store(journal: Journal, zone: Zone, epoch: int, now: int) -> None:
    """Write the zone to the journal at once, in place of the operations that led to it."""
    for _ in _compact(journal, zone, epoch, now):
        pass


def _compact(journal: Journal, zone: Zone, epoch: int, now: int) -> Iterator[None]:
    """Write the zone to the journal in steps, while it goes on, in place of the operations that led to it."""
    compaction = journal.compact()
    while compaction.clear():
        yield
    compaction.begin()
    records, size = [encode(Configured(epoch, now))], 0
    for value in zone.save():
        records.append(encode(value))
        size += len(records[-1])
        if size > _STEP:
            compaction.add(records)
            records, size = [], 0
            yield
    compaction.add(records)
    while compaction.copy():
        yield
    compaction.finish()
    while compaction.clear_old():
        yield


class JournalRecorder:
    """Writes the zone's changes to the journal, and shortens it, step by step, when it is long (local_zone.ChangeRecorder)."""

    def __init__(self, journal: Journal, zone: Zone, epoch: int, clock: Clock) -> None:
        self._journal = journal
        self._zone = zone
        self._epoch = epoch
        self._clock = clock
        self._steps: Iterator[None] | None = None
        self._timer: Timer | None = None

    def record(self, operation: Change, now: int) -> None:
        """See ChangeRecorder.record."""
        self._journal.append(encode(Entry(now, operation)))
        if self._steps is None and self._journal.is_long:
            self.compact()

    def compact(self) -> None:
        """Begin to shorten the journal."""
        self._steps = _compact(self._journal, self._zone, self._epoch, int(self._clock.now()))
        self._timer = self._clock.call_later(_SLICE_INTERVAL, self._go_on)

    def stop(self) -> None:
        """See ChangeRecorder.stop. A compaction that is not finished is void."""
        if self._timer is not None:
            self._timer.cancel()
        self._steps = self._timer = None

    def _go_on(self) -> None:
        assert self._steps is not None
        end = time.thread_time() + _SLICE_TIME
        for _ in self._steps:
            if time.thread_time() >= end:
                self._timer = self._clock.call_later(_SLICE_INTERVAL, self._go_on)
                return
        self._steps = self._timer = None


def under(settings: ZoneSettings, before: ZoneSettings, zone: Zone, now: int) -> tuple[Zone, str | None]:
    """The zone under another configuration than `before`, and nginx's warning about a changed size.

    nginx makes a zone with the first configuration that has push_stream_shared_memory_size, and drops it with the first that
    has none.
    """
    if before.main.shared_memory_size and settings.main.shared_memory_size:
        return zone, zone.configure(settings.main, settings.templates, now)
    fresh = Zone(settings.main, settings.templates, now)
    fresh.take_workers_of(zone)
    return fresh, None


class Rebuilding:
    """The zone as the journal has it, on its way to the configuration `epoch`. Another process may still write the journal.

    settings: by the configuration's number, with those the journal was written under.
    warn: gets nginx's warning about a changed size, and what is wrong with a journal that makes no sense.
    """

    def __init__(self, journal: Journal, settings: Mapping[int, ZoneSettings], epoch: int, now: int, warn: Warn) -> None:
        self._journal = journal
        self._settings = settings
        self._epoch = epoch
        self._now = now
        self._warn = warn
        self._begin()

    def follow(self) -> bool:
        """Take the next records, and what they leave to do, for _SLICE_TIME. Returns False at the end of the journal."""
        if not self._records:
            records = self._reader.read()
            if records is None:
                self._begin()
                return True
            if not records:
                return False
            self._records.extend(records)
        end = time.thread_time() + _SLICE_TIME
        while self._records:
            if not self._zone.carry_on():
                self._take(self._records.popleft())
            if time.thread_time() >= end:
                break
        return True

    def finish(self) -> Zone:
        """The zone, when no other process writes the journal any more. From then on the journal is this process's."""
        while self.follow():
            pass
        self._journal.write_after(self._reader, self._compacted)
        if self._configured != self._epoch:
            configured = Configured(self._epoch, self._now)
            warning = self._configure(configured)
            if warning is not None:
                self._warn(warning)
            self._journal.append(encode(configured))
        if not self._makes_sense:
            store(self._journal, self._zone, self._epoch, self._now)
        return self._zone

    @property
    def under_others(self) -> bool:
        """Whether a part of the journal was written under another configuration."""
        return self._first != self._epoch

    def _begin(self) -> None:
        self._reader: Reader = self._journal.read()
        self._configured: int | None = None
        self._first = self._epoch
        self._records: deque[bytes] = deque()
        self._taken = 0
        self._compacted = 0
        self._makes_sense = True
        settings = self._settings[self._epoch]
        self._zone = Zone(settings.main, settings.templates, self._now)

    def _take(self, record: bytes) -> None:
        if not self._makes_sense:
            return
        try:
            value = _decode_record(record)
        except msgspec.DecodeError as error:
            self._makes_sense = False
            self._warn(f"the journal of the channels makes no sense after {self._taken} records, the rest is lost: {error}")
            return
        self._taken += 1
        if isinstance(value, Entry):
            operation: ZoneOperation[Any] = value.operation
            self._zone.do(operation, value.time)
        elif isinstance(value, Configured):
            self._configure(value)
        else:
            self._zone.restore(value)
            self._compacted += len(record)

    def _configure(self, configured: Configured) -> str | None:
        """Go on under that configuration. Returns nginx's warning."""
        settings, before = self._settings[configured.epoch], self._configured
        self._configured = configured.epoch
        if before is None:
            self._first = configured.epoch
            self._zone = Zone(settings.main, settings.templates, configured.time)
            return None
        self._zone, warning = under(settings, self._settings[before], self._zone, configured.time)
        return warning


def first_epoch(journal: Journal, otherwise: int) -> int:
    """The oldest configuration that the journal was written under; `otherwise` where nothing is written."""
    while (records := journal.read().read()) is None:
        pass  # another process has put its other file in force
    first = _decode_record(records[0]) if records else None
    return first.epoch if isinstance(first, Configured) else otherwise
