"""Temporary files for request bodies (client_body_temp_path). They are written by threads, so that a slow disk stalls no one."""

from __future__ import annotations

import asyncio
import errno
import os
import tempfile
from collections.abc import Callable
from contextlib import suppress

# nginx's step to a number that is probably free, when a file is there already.
_STEP = 123456


class DescriptorBodyFile:
    """A `http.operations.BodyFile` over a descriptor."""

    __slots__ = ("_closing", "_descriptor", "_loop", "_written", "name", "size")

    def __init__(self, loop: asyncio.AbstractEventLoop, name: bytes, descriptor: int) -> None:
        self.name = name
        self.size = 0
        self._loop = loop
        self._descriptor = descriptor
        self._written: Callable[[OSError | None], None] | None = None
        self._closing = False

    def write(self, data: bytes, written: Callable[[OSError | None], None]) -> None:
        """See `BodyFile`."""
        self._written = written
        offset = self.size
        self.size += len(data)
        self._loop.run_in_executor(None, _write, self._descriptor, data, offset).add_done_callback(self._report)

    def _report(self, future: asyncio.Future[OSError | None]) -> None:
        written, self._written = self._written, None
        if self._closing:
            os.close(self._descriptor)
        elif written is not None and not future.cancelled():
            written(future.result())

    def read(self, offset: int, size: int) -> bytes:
        return os.pread(self._descriptor, size, offset)

    def close(self, remove: bool) -> None:
        """Close it, if need be when the present write is done. remove: and remove its name."""
        self._closing = True
        if remove:
            with suppress(FileNotFoundError):  # dav has moved it
                os.unlink(self.name)
        if self._written is None:
            os.close(self._descriptor)


def _write(descriptor: int, data: bytes, offset: int) -> OSError | None:
    """Write everything. Returns the error, if there is one."""
    view = memoryview(data)
    try:
        while view:
            count = os.pwrite(descriptor, view, offset)
            view, offset = view[count:], offset + count
    except OSError as error:
        return error
    return None


class BodyFiles:
    """Makes the files of one process."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._number = 0

    def make(self, directory: bytes | None, levels: tuple[int, ...], named: bool) -> DescriptorBodyFile:
        """See `http.operations.Performer`. As in nginx a file's name is a number, whose last digits name the subdirectories.

        nginx makes a missing directory at start, as root; here it is made when it is first needed. Where that may not be done,
        the file goes to where the system has such files.
        """
        if directory is None or not _is_made(directory):
            directory, levels = _usual_directory(), ()
        self._number += 1
        while True:
            name = _path(directory, levels, b"%010d" % self._number)
            try:
                descriptor = _open(name)
            except FileExistsError:
                self._number += _STEP
            except OSError as error:
                error.filename = name
                raise
            else:
                break
        if not named:
            os.unlink(name)
        return DescriptorBodyFile(self._loop, name, descriptor)


def _path(directory: bytes, levels: tuple[int, ...], digits: bytes) -> bytes:
    parts = [directory]
    end = len(digits)
    for level in levels:
        parts.append(digits[end - level : end])
        end -= level
    return b"/".join([*parts, digits])


def _open(name: bytes) -> int:
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    try:
        return os.open(name, flags, 0o600)
    except FileNotFoundError:
        _make_directories(name)
        return os.open(name, flags, 0o600)


def _make_directories(name: bytes) -> None:
    """Make the directories that a file is in, each for this user alone (os.makedirs leaves all but the last one to the umask)."""
    end = name.find(b"/", 1)
    while end > 0:
        with suppress(FileExistsError):
            os.mkdir(name[:end], 0o700)
        end = name.find(b"/", end + 1)


def _is_made(directory: bytes) -> bool:
    try:
        os.makedirs(directory, 0o700, exist_ok=True)
    except FileExistsError:
        return True  # it is no directory: opening the file says so
    except OSError:
        return False
    return True


def _usual_directory() -> bytes:
    """A directory in which no one else may write. Raises OSError."""
    path = os.fsencode(os.path.join(tempfile.gettempdir(), f"ngxpush-client-body-{os.geteuid()}"))
    os.makedirs(path, 0o700, exist_ok=True)
    if os.stat(path, follow_symlinks=False).st_uid != os.geteuid():
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
    return path
