"""A cache of the configuration, as it is served."""

from __future__ import annotations

from dataclasses import dataclass

from ...config.directives.gateways.cache import CachePath
from .key import file_path
from .zone import CacheZone

_BLOCK = 4096


@dataclass(frozen=True, slots=True)
class Shelf:
    """One PREFIX_cache_path with its shared memory."""

    settings: CachePath
    zone: CacheZone

    def path(self, digest: bytes) -> bytes:
        """The path of an answer's file."""
        return file_path(self.settings.path, self.settings.levels, digest)


def disk_size(size: int) -> int:
    """The bytes that a file of this size takes on the disk, about."""
    return -(-size // _BLOCK) * _BLOCK
