"""The memory of limit_req_zone and limit_conn_zone: the master makes it, all workers share it, and a reload keeps it."""

from __future__ import annotations

import fcntl
import mmap
from contextlib import AbstractContextManager

from msgspec import Struct

from ...config.configuration import Http
from ...config.directives.access.limit_conn import LimitConnMain
from ...config.directives.access.limit_req import LimitReqMain
from ...config.text import shown
from ...http.access.limit_zone import LimitZone, LimitZones
from ..system.unlinked_file import unlinked_file


class BoundToAnotherKey(Exception):
    """After a reload a zone would count by another key than before; the text is nginx's."""


class ProcessLock:
    """Only one process at a time holds it. When that process dies, the system releases it."""

    def __init__(self) -> None:
        self._file = open(unlinked_file(), "w+b")  # noqa: SIM115  (it lives as long as the lock)

    def __enter__(self) -> None:
        fcntl.lockf(self._file, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        fcntl.lockf(self._file, fcntl.LOCK_UN)


class _Wanted(Struct, frozen=True):
    """What identifies a zone across a reload. directive: the one that nginx names in its message."""

    directive: str
    name: bytes
    size: int


class LimitMemory:
    """The zones of a configuration; the next configuration takes over those it also has."""

    def __init__(self, http: Http | None, before: LimitMemory | None = None) -> None:
        """before: the zones of the old configuration; those that are configured again are kept. Raises BoundToAnotherKey."""
        known = {} if before is None else before._kept
        self._kept: dict[_Wanted, tuple[bytes, LimitZone]] = {}
        for wanted, key in _wanted(http):
            bound, zone = known.get(wanted) or (key, LimitZone(memoryview(mmap.mmap(-1, wanted.size))))
            if bound != key:
                keys = f'uses the "{shown(key)}" key while previously it used the "{shown(bound)}" key'
                raise BoundToAnotherKey(f'{wanted.directive} "{shown(wanted.name)}" {keys}')
            self._kept[wanted] = key, zone
        lock: AbstractContextManager[object] = ProcessLock() if before is None else before.zones.lock
        self.zones: LimitZones = LimitZones({wanted.name: zone for wanted, (_, zone) in self._kept.items()}, lock)


def _wanted(http: Http | None) -> list[tuple[_Wanted, bytes]]:
    """The zones a configuration has, with the keys they count by."""
    if http is None:
        return []
    requests = [(_Wanted("limit_req", zone.name, zone.size), zone.key.text) for zone in http.of(LimitReqMain).zones.values()]
    connections = [
        (_Wanted("limit_conn_zone", zone.name, zone.size), zone.key.text) for zone in http.of(LimitConnMain).zones.values()
    ]
    return requests + connections
