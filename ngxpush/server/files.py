"""File operations of the handlers, done at once, as nginx does them without aio."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from typing import Any

from ..http.operations import DirectoryEntry, FileStatus, ListDirectory, OpenFile, ReadFile, Stat

_LARGEST_READ_FILE = 16 * 1024 * 1024


def _status(result: os.stat_result) -> FileStatus:
    kind = "file" if stat.S_ISREG(result.st_mode) else "directory" if stat.S_ISDIR(result.st_mode) else "other"
    return FileStatus(kind, result.st_size, int(result.st_mtime))


class DescriptorFile:
    """An `OpenedFile` over a descriptor."""

    __slots__ = ("_descriptor", "status")

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self.status = _status(os.fstat(descriptor))

    def read(self, offset: int, size: int) -> bytes:
        return os.pread(self._descriptor, size, offset)

    def close(self) -> None:
        os.close(self._descriptor)


def _open(operation: OpenFile) -> DescriptorFile:
    # a FIFO without a writer must not hold the worker up
    return DescriptorFile(os.open(operation.path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC))


def _stat(operation: Stat) -> FileStatus:
    return _status(os.stat(operation.path))


def _read(operation: ReadFile) -> bytes:
    with open(operation.path, "rb") as file:
        return file.read(_LARGEST_READ_FILE)


def _list(operation: ListDirectory) -> list[DirectoryEntry]:
    entries = []
    with os.scandir(operation.path) as directory:
        for entry in directory:
            try:
                entries.append(DirectoryEntry(entry.name, _status(entry.stat())))
            except OSError:
                continue
    return entries


PERFORMERS: dict[type, Callable[[Any], Any]] = {OpenFile: _open, Stat: _stat, ReadFile: _read, ListDirectory: _list}
"""What does each kind of file operation."""
