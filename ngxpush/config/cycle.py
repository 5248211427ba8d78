"""What the whole configuration declares, across all blocks: shared memory, files and directories (nginx's "cycle").

nginx opens files and makes directories only after it has found the syntax good. Here they are collected as data, in nginx's
order, for the outer ring to open and make (`Analysis.steps`).
"""

from __future__ import annotations

import posixpath

from msgspec import Struct, field

from .files import Files
from .system import System
from .text import shown
from .tree import Position, Statement
from .variables import Variables


class SharedMemory(Struct, eq=False):
    """A shared memory zone: its size in bytes (0 until the directive that gives the size is read) and what it is for."""

    name: bytes
    size: int
    use: str


class OpenLog(Struct, frozen=True):
    """A log file nginx opens for appending: `open() "PATH" failed (…)` without a place, at level emerg."""

    path: bytes


class CreatePidFile(Struct, frozen=True):
    """The file `nginx -t` makes when it is missing: `open() "PATH" failed (…)` without a place, at level emerg."""

    path: bytes


class CreatePath(Struct, frozen=True):
    """A directory nginx makes when it is missing: `mkdir() "PATH" failed (…)` without a place, at level emerg."""

    path: bytes
    levels: tuple[int, ...] = ()
    position: Position | None = None


class MapMemory(Struct, frozen=True):
    """The memory of a zone, in bytes: `mmap(MAP_ANON|MAP_SHARED, SIZE) failed (…)` at level alert. Logs are open by then."""

    size: int


class Cycle(Struct, eq=False):
    """What is declared so far."""

    # The directory relative paths start from (`-p`), with its slash.
    prefix: bytes

    # The directory of the main file, with its slash.
    configuration_prefix: bytes

    system: System
    files: Files

    # The variables of the http or stream block being read.
    variables: Variables = field(default_factory=lambda: Variables({}))

    # Something was not read, or belongs to a module that may define variables of its own.
    has_gaps: bool = False

    # The variables named by directives that were not understood: such a directive may define them.
    mentioned: set[bytes] = field(default_factory=set)

    # Directives of third-party modules, where those are not to be errors.
    left_out: list[Statement] = field(default_factory=list)

    # The full paths of the files that directives name, with the name of the first directive.
    named: dict[bytes, str] = field(default_factory=dict)

    # The names of the files of dynamic modules that are loaded.
    loaded: set[str] = field(default_factory=set)

    shared_memory: dict[bytes, SharedMemory] = field(default_factory=dict)
    # By path.
    logs: dict[bytes, OpenLog] = field(default_factory=dict)

    paths: list[CreatePath] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    pid: bytes | None = None
    zone_keys: dict[bytes, bytes] = field(default_factory=dict)
    thread_pools: dict[bytes, Position] = field(default_factory=dict)

    def full_path(self, path: bytes, directive: str, configuration_prefix: bool = False) -> bytes:
        """The full path as nginx makes it, any but an absolute path below the prefix; then where that is on this machine.

        directive: the name of the one that names the file.
        """
        if not path.startswith(b"/"):
            path = (self.configuration_prefix if configuration_prefix else self.prefix) + path
        full = self.system.paths.here(path)
        self.named.setdefault(full, directive)
        return full

    def open_file(self, path: bytes) -> None:
        """Have a log file opened when the syntax is good; each path once."""
        self.logs.setdefault(path, OpenLog(path))

    def create_path(self, path: bytes, levels: tuple[int, ...], position: Position | None) -> str | None:
        """Have a directory made when the syntax is good. nginx's message, if another directive gives it other levels."""
        name = path.removesuffix(b"/")
        for known in self.paths:
            if known.path.removesuffix(b"/") != name:
                continue
            if known.levels == levels or known.position is None:
                return None
            place = f"{known.position.file}:{known.position.line}"
            return f'the same path name "{shown(name)}" in {place} has the different levels than'
        self.paths.append(CreatePath(path, levels, position))
        return None

    def unknown_variables(self) -> list[bytes]:
        """The variables that are used, but that no directive defines and none that was not understood may define."""
        return [] if self.has_gaps else [name for name in self.variables.unknown() if name not in self.mentioned]

    def notice(self, message: str) -> None:
        """Note what a module logs once the configuration is in force."""
        self.notices.append(message)

    def add_shared_memory(self, name: bytes, size: int, use: str) -> str | None:
        """Declare (size > 0) or only use (size 0) a zone. nginx's message, if it contradicts an earlier declaration."""
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


def directory_of(path: bytes) -> bytes:
    """The directory of a file, with its slash."""
    directory = posixpath.dirname(path)
    return directory if directory.endswith(b"/") else directory + b"/"
