"""The cache manager and the cache loader. nginx has a process for each; here one of the workers does the work of each turn."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator, Sequence

from ...http.cache.key import digest_of
from ...http.cache.shelf import Shelf, disk_size
from ...http.cache.waste import LONGEST_WAIT, next_look, surplus, unused
from ...http.cache.zone import CacheRecord

_LOOKS_EVERY = 1.0


async def manage_caches(shelves: Sequence[Shelf], now: Callable[[], float]) -> None:
    """Load what is there, then remove what is to be removed, until the task is cancelled."""
    managers = [_Manager(shelf, now) for shelf in shelves]
    for manager in managers:
        await manager.load()
    while managers:
        for manager in managers:
            await manager.look()
        await asyncio.sleep(_LOOKS_EVERY)


class _Manager:
    """The work on one cache."""

    def __init__(self, shelf: Shelf, now: Callable[[], float]) -> None:
        self._shelf = shelf
        self._now = now

    async def load(self) -> None:
        """Note the files that are there. Others that are in the directory are left alone."""
        if not self._shelf.zone.take_loading():
            return
        settings = self._shelf.settings
        for number, (digest, size) in enumerate(_found(settings.path, len(settings.levels)), 1):
            self._shelf.zone.load(digest, disk_size(size), int(self._now()) + settings.inactive)
            if number % settings.loader_files == 0:
                await asyncio.sleep(settings.loader_sleep / 1000)

    async def look(self) -> None:
        """Remove what is to be removed, if it is time."""
        zone, now = self._shelf.zone, int(self._now())
        if not zone.take_turn(now, LONGEST_WAIT):
            return
        await self._remove(unused(self._shelf, now))
        await self._remove(surplus(self._shelf, self._free))
        zone.end_turn(now + next_look(self._shelf, now))

    async def _remove(self, records: Iterator[CacheRecord | None]) -> None:
        """Remove answers, some at a time (manager_files), and let others work in between."""
        settings, removed = self._shelf.settings, 0
        for record in records:
            if record is None:
                await asyncio.sleep(0)
                continue
            self._shelf.zone.gone(record.digest)
            self._shelf.files.remove(self._shelf.path(record.digest))
            removed += 1
            if removed % settings.manager_files == 0:
                await asyncio.sleep(settings.manager_sleep / 1000)

    def _free(self) -> int:
        """The bytes that are free where the files are."""
        try:
            state = os.statvfs(self._shelf.settings.path)
        except OSError:
            return 1 << 62
        return state.f_bavail * state.f_frsize


def _found(directory: bytes, levels: int) -> Iterator[tuple[bytes, int]]:
    """The digests after which files are named, and the files' sizes."""
    try:
        entries = list(os.scandir(directory))
    except OSError:
        return
    for entry in entries:
        try:
            if levels and entry.is_dir(follow_symlinks=False):
                yield from _found(entry.path, levels - 1)
            digest = None if levels else digest_of(entry.name)
            if digest is not None:
                yield digest, entry.stat(follow_symlinks=False).st_size
        except OSError:
            continue  # it is gone
