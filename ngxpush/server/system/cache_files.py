"""Changes to the files of caches: `http.cache.shelf.CacheFiles`. They block, as in nginx."""

from __future__ import annotations

import errno
import os
import shutil
from contextlib import suppress

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC


class SystemCacheFiles:
    """Files of this machine, for the process's own user alone."""

    __slots__ = ()

    def place(self, source: bytes, target: bytes) -> None:
        """See `CacheFiles`."""
        try:
            self._move(source, target)
        except FileNotFoundError:
            _make_directories(os.path.dirname(target))
            self._move(source, target)

    @staticmethod
    def _move(source: bytes, target: bytes) -> None:
        """Rename; to another file system by a copy beside the target."""
        try:
            os.rename(source, target)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            beside = b"%b.%010d" % (target, os.getpid())
            try:
                with open(source, "rb") as read, open(os.open(beside, _NEW, 0o600), "wb") as written:
                    shutil.copyfileobj(read, written)
                os.rename(beside, target)
            except OSError:
                with suppress(OSError):
                    os.unlink(beside)
                raise
            os.unlink(source)

    def overwrite(self, path: bytes, data: bytes) -> None:
        """See `CacheFiles`. Readers of the file see the old bytes or the new ones: it is one small write."""
        descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
        try:
            os.pwrite(descriptor, data, 0)
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
