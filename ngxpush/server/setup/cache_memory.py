"""The caches of a configuration: the master makes the memory of their zones, all workers share it, and a reload keeps it."""

from __future__ import annotations

import mmap
import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Final

from msgspec.structs import replace

from ...config.configuration import Http
from ...config.directives.gateways.cache import CachePath, CachePaths
from ...config.text import shown
from ...http.cache.shelf import Shelf
from ...http.cache.zone import CacheZone
from ..system.cache_files import SystemCacheFiles
from .limit_memory import ProcessLock

_PAGE: Final = 4096
# nginx's own records of a zone take three pages.
_LEAST_SIZE: Final = 3 * _PAGE


class UsesAnotherPath(Exception):
    """After a reload a zone would belong to another directory, or to other levels; the text is nginx's."""


class TooSmallZone(Exception):
    """A zone has no room for nginx's own records; the text is nginx's, which says it at level crit."""


class CacheMemory:
    """The caches of a configuration; the next configuration takes over those it also has.

    shelves: by the name of their zone.
    """

    def __init__(
        self, http: Http | None, before: CacheMemory | None = None, place: Callable[[bytes], bytes] = lambda path: path
    ) -> None:
        """before: those of the old configuration.  place: where the files of a directory really are.

        Raises UsesAnotherPath and TooSmallZone.
        """
        files = SystemCacheFiles()
        known = {} if before is None else before.shelves
        self._lock: AbstractContextManager[object] = ProcessLock() if before is None else before._lock
        self.shelves: dict[bytes, Shelf] = {}
        for settings in [replace(wanted, path=place(wanted.path)) for wanted in _wanted(http)]:
            zone = self._zone(settings, known.get(settings.zone))
            self.shelves[settings.zone] = Shelf(settings, zone, files)

    def _zone(self, settings: CachePath, old: Shelf | None) -> CacheZone:
        if old is None or old.settings.zone_size != settings.zone_size:
            if settings.zone_size < _LEAST_SIZE:
                raise TooSmallZone("ngx_slab_alloc() failed: no memory")
            return CacheZone(memoryview(mmap.mmap(-1, settings.zone_size)), self._lock, _lives)
        before = old.settings
        if before.path != settings.path:
            paths = f'uses the "{shown(settings.path)}" cache path while previously it used the "{shown(before.path)}" cache path'
            raise UsesAnotherPath(f'cache "{shown(settings.zone)}" {paths}')
        if before.levels != settings.levels:
            raise UsesAnotherPath(f'cache "{shown(settings.zone)}" had previously different levels')
        return old.zone


def _wanted(http: Http | None) -> list[CachePath]:
    """All caches, of whatever module."""
    if http is None:
        return []
    modules = [settings for settings in http.settings.values() if isinstance(settings, CachePaths)]
    return [path for paths in modules for path in paths.cache_path.values()]


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
