"""The handlers' file operations. They block, as in nginx without aio."""

from __future__ import annotations

import errno
import os
from stat import S_ISDIR, S_ISREG, S_IXUSR

from ...http.operations import DirectoryEntry, FileStatus, LinkCheck
from .checked_links import open_checked

_LARGEST_READ_FILE = 16 * 1024 * 1024


def status_of(result: os.stat_result) -> FileStatus:
    """The status of a file, from what the system says."""
    kind = "file" if S_ISREG(result.st_mode) else "directory" if S_ISDIR(result.st_mode) else "other"
    return FileStatus(kind, result.st_size, int(result.st_mtime), bool(result.st_mode & S_IXUSR))


class DescriptorFile:
    """An `OpenedFile` over a descriptor."""

    __slots__ = ("_descriptor", "status")

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self.status = status_of(os.fstat(descriptor))

    def read(self, offset: int, size: int) -> bytes:
        return os.pread(self._descriptor, size, offset)

    def close(self) -> None:
        os.close(self._descriptor)


# O_NONBLOCK: opening a FIFO that has no writer must not block the worker.
_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC


def open_file(path: bytes, links: LinkCheck | None) -> DescriptorFile:
    """See `http.operations.OpenFile`."""
    return DescriptorFile(os.open(path, _FLAGS) if links is None else open_checked(path, _FLAGS, links))


def stat(path: bytes, links: LinkCheck | None) -> FileStatus:
    """See `http.operations.Stat`."""
    if links is None:
        return status_of(os.stat(path))
    file = open_file(path, links)
    file.close()
    return file.status


def read_file(path: bytes) -> bytes:
    """See `http.operations.ReadFile`."""
    with open(path, "rb") as file:
        return file.read(_LARGEST_READ_FILE)


def list_directory(path: bytes) -> list[DirectoryEntry]:
    """See `http.operations.ListDirectory`."""
    entries = []
    with os.scandir(path) as directory:
        for entry in directory:
            try:
                entries.append(DirectoryEntry(entry.name, status_of(entry.stat())))
            except OSError as error:
                if error.errno in (errno.ENOENT, errno.ELOOP):
                    entries.append(DirectoryEntry(entry.name, status_of(entry.stat(follow_symlinks=False))))
    return entries
