"""The memory of limit_req_zone and limit_conn_zone: made once by the master, shared by all its workers, kept at a reload."""

from __future__ import annotations

import fcntl
import mmap
import os
from contextlib import AbstractContextManager

from ..config.configuration import Http
from ..http.access.limit_zone import LimitZones, Zone


class _Lock:
    """Held by one process at a time; one that dies leaves it."""

    def __init__(self) -> None:
        self._file = os.memfd_create("ngxpush limit zones", os.MFD_CLOEXEC)

    def __enter__(self) -> None:
        fcntl.lockf(self._file, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        fcntl.lockf(self._file, fcntl.LOCK_UN)

    def __del__(self) -> None:
        os.close(self._file)


class LimitMemory:
    """The zones of a configuration with their sizes, as they are handed on from one configuration to the next."""

    def __init__(self, http: Http | None, before: LimitMemory | None = None) -> None:
        """Zones of `before` with the same name and size are the same zones."""
        known = {} if before is None else before._kept
        self._kept: dict[tuple[bytes, int], Zone] = {
            zone: known[zone] if zone in known else Zone(memoryview(mmap.mmap(-1, zone[1]))) for zone in _sizes(http)
        }
        lock: AbstractContextManager[object] = _Lock() if before is None else before.zones.lock
        self.zones: LimitZones = LimitZones({name: zone for (name, _), zone in self._kept.items()}, lock)


def _sizes(http: Http | None) -> list[tuple[bytes, int]]:
    if http is None:
        return []
    requests = [(zone.name, zone.size) for zone in http.limit_req.zones.values()]
    return requests + [(zone.name, zone.size) for zone in http.limit_conn.zones.values()]
