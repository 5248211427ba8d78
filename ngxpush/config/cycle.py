"""What the whole configuration declares, across all blocks: shared memory, files and folders (nginx's "cycle").

nginx opens files and makes folders only when the syntax has been found good; here they are collected as data, in nginx's order,
and the outer ring does it (`Analysis.steps`).
"""

from __future__ import annotations

import glob
import posixpath
import socket
from dataclasses import dataclass, field
from typing import Protocol

from .text import shown
from .tree import Position


class System(Protocol):
    """The machine as the configuration sees it: files and host names. Tests and the linter hand the analyzer their own."""

    def read(self, path: str) -> bytes:
        """A file whole; raises OSError."""
        ...

    def glob(self, pattern: str) -> list[str]:
        """The files a shell pattern names, sorted."""
        ...

    def text(self, path: str) -> bytes:
        """A file whose text becomes a value, such as a header template; raises OSError."""
        ...

    def check(self, path: str) -> None:
        """Raise OSError unless a file that is of no further use here, such as a certificate, can be read."""
        ...

    def resolves(self, host: str) -> bool:
        """Whether a host name has an address."""
        ...


class RealSystem:
    """The machine ngxpush runs on."""

    def read(self, path: str) -> bytes:
        with open(path, "rb") as file:
            return file.read()

    def glob(self, pattern: str) -> list[str]:
        return sorted(glob.glob(pattern))

    def text(self, path: str) -> bytes:
        return self.read(path)

    def check(self, path: str) -> None:
        self.read(path)

    def resolves(self, host: str) -> bool:
        try:
            socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return False
        return True


@dataclass(slots=True, eq=False)
class SharedMemory:
    """A shared memory zone: its size in bytes (0 until the directive that sizes it is met) and what it is for."""

    name: bytes
    size: int
    use: str


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A log file nginx opens for appending: `open() "PATH" failed (…)` without a place, at level emerg."""

    path: bytes


@dataclass(frozen=True, slots=True)
class CreatePidFile:
    """The file `nginx -t` makes when it is missing: `open() "PATH" failed (…)` without a place, at level emerg."""

    path: bytes


@dataclass(frozen=True, slots=True)
class CreatePath:
    """A folder nginx makes when it is missing: `mkdir() "PATH" failed (…)` without a place, at level emerg."""

    path: bytes
    levels: tuple[int, ...] = ()
    position: Position | None = None


@dataclass(slots=True, eq=False)
class Cycle:
    """What is declared so far.

    prefix: the folder relative paths start from (`-p`), with its slash.  configuration_prefix: the file's folder.
    """

    prefix: bytes
    configuration_prefix: bytes
    system: System
    shared_memory: dict[bytes, SharedMemory] = field(default_factory=dict)
    logs: list[OpenFile] = field(default_factory=list)
    paths: list[CreatePath] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    pid: bytes | None = None
    zone_keys: dict[bytes, bytes] = field(default_factory=dict)
    thread_pools: dict[bytes, Position] = field(default_factory=dict)

    def full_path(self, path: bytes, configuration_prefix: bool = False) -> bytes:
        """nginx's full name of a path: an absolute one as it stands, any other simply behind the prefix."""
        if path.startswith(b"/"):
            return path
        return (self.configuration_prefix if configuration_prefix else self.prefix) + path

    def open_file(self, path: bytes) -> None:
        """A log file to open when the syntax is good; each path is opened once."""
        if all(known.path != path for known in self.logs):
            self.logs.append(OpenFile(path))

    def create_path(self, path: bytes, levels: tuple[int, ...], position: Position | None) -> str | None:
        """A folder to make when the syntax is good; nginx's message when it has other levels elsewhere."""
        path = path.removesuffix(b"/")
        for known in self.paths:
            if known.path != path:
                continue
            if known.levels == levels or known.position is None:
                return None
            place = f"{known.position.file}:{known.position.line}"
            return f'the same path name "{shown(path)}" in {place} has the different levels than'
        self.paths.append(CreatePath(path, levels, position))
        return None

    def notice(self, message: str) -> None:
        """Something a module says once the configuration is in force."""
        self.notices.append(message)

    def add_shared_memory(self, name: bytes, size: int, use: str) -> str | None:
        """Declare (size > 0) or only use (size 0) a zone; nginx's message when it contradicts an earlier declaration."""
        known = self.shared_memory.get(name)
        if known is None:
            self.shared_memory[name] = SharedMemory(name, size, use)
            return None
        if known.use != use:
            return f'the shared memory zone "{shown(name)}" is already declared for a different use'
        if known.size and size and known.size != size:
            return f'the size {size} of shared memory zone "{shown(name)}" conflicts with already declared size {known.size}'
        known.size = known.size or size
        return None


def folder_of(path: bytes) -> bytes:
    """The folder of a file, with its slash."""
    folder = posixpath.dirname(path)
    return folder if folder.endswith(b"/") else folder + b"/"
