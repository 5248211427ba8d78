"""Changes to the files of caches: `http.cache.shelf.CacheFiles`. They block, as in nginx."""

from __future__ import annotations

import os
from contextlib import suppress

from .file_tree import move


class SystemCacheFiles:
    """Files of this machine, for the process's own user alone."""

    __slots__ = ()

    def place(self, source: bytes, target: bytes) -> None:
        """See `CacheFiles`."""
        try:
            move(source, target)
        except FileNotFoundError:
            _make_directories(os.path.dirname(target))
            move(source, target)

    def overwrite(self, path: bytes, old: bytes, new: bytes) -> None:
        """See `CacheFiles`. Readers of the file see the old bytes or the new ones: it is one small write."""
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        try:
            if os.pread(descriptor, len(old), 0) == old:
                os.pwrite(descriptor, new, 0)
        finally:
            os.close(descriptor)

    def remove(self, path: bytes) -> None:
        """See `CacheFiles`."""
        with suppress(OSError):
            os.unlink(path)


def _make_directories(path: bytes) -> None:
    """Make a directory and those it is in, each for this user alone (os.makedirs leaves all but the last one to the umask)."""
    end = path.find(b"/", 1)
    while True:
        with suppress(FileExistsError):
            os.mkdir(path if end < 0 else path[:end], 0o700)
        if end < 0:
            return
        end = path.find(b"/", end + 1)
