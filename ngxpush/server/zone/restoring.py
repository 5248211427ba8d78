"""A zone into its journal, and out of it again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec import Struct

from ...config.configuration import Configuration
from ...config.directives.push_stream.settings import PushStreamLocation, PushStreamMain
from ...push.local_zone import Record
from ...push.operations import Change, Entry, ZoneOperation, decode_entry, encode
from ...push.snapshot import Snapshot
from ...push.templates import Templates
from ...push.zone import Zone
from .journal import Journal

Warn = Callable[[str], None]
"""Writes a warning to the error log."""


@dataclass(frozen=True, slots=True)
class ZoneSettings:
    """What a configuration says of the zone."""

    main: PushStreamMain
    templates: Templates

    @classmethod
    def of(cls, configuration: Configuration) -> ZoneSettings:
        http = configuration.http
        if http is None:
            return cls(PushStreamMain(), Templates(PushStreamMain(), ()))
        return cls(http.of(PushStreamMain), Templates(http.of(PushStreamMain), http.each(PushStreamLocation)))


class SavedZone(Struct, frozen=True, array_like=True):
    """The zone that a journal begins with. epoch: the number of the configuration it was under."""

    epoch: int
    zone: Snapshot


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(SavedZone)


def store(journal: Journal, zone: Zone, epoch: int) -> None:
    """Write the zone to the journal, in place of the operations that led to it."""
    journal.compact(_encoder.encode(SavedZone(epoch, zone.snapshot())))


def recorder(journal: Journal, zone: Zone, epoch: int) -> Record:
    """A function that writes the zone's changes to the journal, and shortens it when it has become long."""

    def record(operation: Change, now: int) -> None:
        if journal.is_long:
            store(journal, zone, epoch)
        journal.append(encode(Entry(now, operation)))

    return record


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


def rebuild(journal: Journal, settings: Mapping[int, ZoneSettings], epoch: int, now: int, warn: Warn) -> Zone:
    """The zone as the journal has it, under the configuration `epoch`. From then on the journal begins with that zone.

    settings: by the configuration's number, with those the journal was written under.
    warn: gets nginx's warning about a changed size, and what is wrong with a journal that makes no sense.
    """
    snapshot, records = journal.read()
    saved = _saved(snapshot, warn)
    before = settings[epoch if saved is None else saved.epoch]
    zone = Zone(before.main, before.templates, now)
    if saved is not None:
        zone.restore(saved.zone)
    _repeat(zone, records, warn)
    if saved is not None and saved.epoch != epoch:
        zone, warning = under(settings[epoch], before, zone, now)
        if warning is not None:
            warn(warning)
    store(journal, zone, epoch)
    return zone


def _saved(snapshot: bytes, warn: Warn) -> SavedZone | None:
    """The zone a journal begins with; None for an empty one."""
    if not snapshot:
        return None
    try:
        return _decoder.decode(snapshot)
    except msgspec.DecodeError as error:
        warn(f"the channels are lost, their snapshot makes no sense: {error}")
        return None


def _repeat(zone: Zone, records: Iterable[bytes], warn: Warn) -> None:
    """Do the recorded operations again."""
    for number, record in enumerate(records):
        try:
            entry = decode_entry(record)
        except msgspec.DecodeError as error:
            warn(f"the journal of the channels makes no sense after {number} operations, the rest is lost: {error}")
            return
        operation: ZoneOperation[Any] = entry.operation
        zone.do(operation, entry.time)
