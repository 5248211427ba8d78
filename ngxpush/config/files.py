"""The files of a configuration: the main one, and those an `include` names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from .reader import parse
from .system import System
from .text import shown, unshown
from .tree import Node, Position, Statement

Complain = Callable[[str, str, Position | None, bool, Statement | None], None]
"""Report a message: level, text, the place nginx names (or None), whether nginx stops there, the directive at fault."""

# Each include that is being read keeps its file open, and nginx ends when it has no descriptor left: it needs these for itself.
_OTHER_DESCRIPTORS = 6

# With more descriptors nginx's stack ends at about this depth.
_DEEPEST_INCLUDE = 10_000

# An include is never conditional: a file that is open this often includes itself until no descriptor is left.
_OFTEN = 3


class Files:
    """Reads the files of one configuration. sources: the bytes of each file that was read, in order."""

    def __init__(self, system: System, complain: Complain) -> None:
        self.sources: dict[str, bytes] = {}
        self._system = system
        self._complain = complain
        self._open: Counter[bytes] = Counter()
        self._depth = 0
        self._deepest = min(system.descriptors() - _OTHER_DESCRIPTORS, _DEEPEST_INCLUDE)

    def read(self, path: bytes, position: Position | None = None, statement: Statement | None = None) -> tuple[Node, ...] | None:
        """The tree of one file; None when it can't be read, which is reported at the `include` that names it."""
        name = shown(path)
        try:
            if self._depth > self._deepest or self._open[path] > _OFTEN:
                raise OSError(24, "Too many open files")
            source = self._system.read(name)
        except IsADirectoryError:
            self._complain("crit", f'pread() "{name}" failed (21: Is a directory)', None, True, statement)
            return None
        except OSError as error:
            message = f'open() "{name}" failed ({error.errno}: {error.strerror})'
            self._complain("emerg", message, position, True, statement)
            return None
        self.sources.setdefault(name, source)
        return parse(source, name)

    def include(self, path: bytes, position: Position, statement: Statement) -> Iterator[tuple[Node, ...] | None]:
        """The trees of the files a full path or pattern names, one after the other; None for one that can't be read.

        While the caller uses a tree, the includes in it count as one level deeper.
        """
        if any(character in path for character in b"*?["):
            paths = [unshown(found) for found in self._system.glob(shown(path))]
        else:
            paths = [path]
        for found in paths:
            self._depth += 1
            self._open[found] += 1
            yield self.read(found, position, statement)
            self._open[found] -= 1
            self._depth -= 1
