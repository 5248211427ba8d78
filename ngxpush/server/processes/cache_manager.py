"""The cache manager and the cache loader. nginx has a process for each; here one of the workers does the work of each turn."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator, Sequence

from ...http.cache.key import digest_of
from ...http.cache.shelf import Shelf, disk_size
from ...http.cache.waste import LONGEST_WAIT, Survey
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
        pace = _Pace(settings.loader_files, settings.loader_threshold, settings.loader_sleep)
        for digest, size in _found(settings.path, len(settings.levels)):
            self._shelf.zone.load(digest, disk_size(size), int(self._now()) + settings.inactive)
            await pace.step()

    async def look(self) -> None:
        """Remove what is to be removed, if it is time."""
        zone, now, settings = self._shelf.zone, int(self._now()), self._shelf.settings
        if not zone.take_turn(now, LONGEST_WAIT):
            return
        pace = _Pace(settings.manager_files, settings.manager_threshold, settings.manager_sleep)
        survey = Survey(self._shelf, now, self._free)
        for record in zone.records():
            if record is None:
                await asyncio.sleep(0)
            elif survey.is_unused(record):
                await self._remove(record, pace)
        for record in survey.surplus():
            await self._remove(record, pace)
        zone.end_turn(survey.next_look)

    async def _remove(self, record: CacheRecord, pace: _Pace) -> None:
        self._shelf.zone.gone(record.digest)
        self._shelf.files.remove(self._shelf.path(record.digest))
        await pace.step()

    def _free(self) -> int:
        """The bytes that are free where the files are."""
        try:
            state = os.statvfs(self._shelf.settings.path)
        except OSError:
            return 1 << 62
        return state.f_bavail * state.f_frsize


class _Pace:
    """Lets others work after so many files, or so many milliseconds, for `pause` milliseconds."""

    def __init__(self, files: int, milliseconds: int, pause: int) -> None:
        self._files = files
        self._seconds = milliseconds / 1000
        self._pause = pause / 1000
        self._begin()

    def _begin(self) -> None:
        self._done = 0
        self._until = asyncio.get_running_loop().time() + self._seconds

    async def step(self) -> None:
        """A file is done."""
        self._done += 1
        if self._done >= self._files or asyncio.get_running_loop().time() >= self._until:
            await asyncio.sleep(self._pause)
            self._begin()


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
