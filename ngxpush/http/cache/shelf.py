"""A cache of the configuration, as it is served."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from ...config.directives.gateways.cache import CachePath
from .key import file_path
from .zone import CacheZone

_BLOCK = 4096


class CacheFiles(Protocol):
    """Changes to the files of caches. They are read and written as other files. `server.system.cache_files` has the real ones."""

    def place(self, source: bytes, target: bytes) -> None:
        """Make a temporary file the file `target`, with the directories it needs. Raises OSError."""

    def overwrite(self, path: bytes, old: bytes, new: bytes) -> None:
        """Replace the beginning of a file, if it is still `old`: another answer may have taken the place. Raises OSError."""

    def remove(self, path: bytes) -> None:
        """Remove a file, if it is there."""


class Shelf(Struct, frozen=True):
    """One PREFIX_cache_path with its shared memory and its files."""

    settings: CachePath
    zone: CacheZone
    files: CacheFiles

    def path(self, digest: bytes) -> bytes:
        """The path of an answer's file."""
        return file_path(self.settings.path, self.settings.levels, digest)


def disk_size(size: int) -> int:
    """The bytes that a file of this size takes on the disk, about."""
    return -(-size // _BLOCK) * _BLOCK
