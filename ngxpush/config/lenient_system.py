"""The machine as `ngxpush run` lets a configuration see it: what it lacks is replaced and reported."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct, field

from .known_files import known_file
from .path_map import PathMap
from .system import System

_HOST = re.compile(r"[A-Za-z0-9._-]+")
_PATTERN = frozenset("*?[")


class LenientSystem(Struct, eq=False):
    """A `System` in front of another one. warn: called, once for each thing, with what is missing and what is done instead.

    main: the path of the main file. What it includes from directories that are not here is looked for beside it.
    matchless: the patterns of includes that name no file.  unknown_hosts: those that are not found.
    files, patterns: what it was asked for, and what it has looked for itself: full paths, also of files that are not there.
    paths: see `System`.
    asks_for_hosts: whether `machine` is asked for the addresses of hosts, which sends questions to other machines.
    needs_includes: whether an included file that is not here is an error.
    """

    machine: System
    main: str
    warn: Callable[[str], None]
    paths: PathMap = PathMap()
    asks_for_hosts: bool = True
    needs_includes: bool = True
    matchless: dict[str, None] = field(default_factory=dict)
    unknown_hosts: dict[str, None] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    patterns: set[str] = field(default_factory=set)
    _said: set[str] = field(default_factory=set)

    def read(self, path: str) -> bytes:
        """A file of the configuration. One beside the main file may take its place, or a file that comes with nginx."""
        self.files.add(path)
        try:
            return self.machine.read(path)
        except OSError as error:
            return self._other(path, error)

    def glob(self, pattern: str) -> list[str]:
        self.patterns.add(pattern)
        found = self.machine.glob(pattern)
        for place in [] if found else self._beside(pattern, names=2):
            self.patterns.add(place)
            found = [path for path in self.machine.glob(place) if path != self.main]
            if found:
                self._say(f"{pattern} names no file here: {place} is included")
                return found
        if not found:
            self.matchless[pattern] = None
        return found

    def text(self, path: str) -> bytes:
        self.files.add(path)
        return self.machine.text(path)

    def credentials(self, path: str) -> bytes | None:
        """Certificates and similar files may be missing: `server.setup.server_tls` replaces them, and reports it."""
        self.files.add(path)
        return None

    def has_ciphers(self, names: str) -> bool:
        """The ciphers of another machine may be others."""
        return True

    def unloadable(self, path: str) -> str:
        """Modules are not loaded, so they may be missing."""
        return ""

    def addresses(self, host: str) -> Sequence[str]:
        """A host that is not found now is looked up again when it is needed. What can't be a name of one has no address."""
        if not _HOST.fullmatch(host):
            return ()
        found = self.machine.addresses(host) if self.asks_for_hosts else (host,)
        if not found:
            self.unknown_hosts[host] = None
        return found or (host,)

    def wrong_user(self, user: Sequence[bytes]) -> tuple[str, str] | None:
        """Workers run as the user who starts ngxpush."""
        return None

    def descriptors(self) -> int:
        return self.machine.descriptors()

    def hostname(self) -> bytes:
        return self.machine.hostname()

    def _other(self, path: str, error: OSError) -> bytes:
        """What is read in place of a file; raises `error` where there is nothing."""
        for place in self._beside(path, names=1):
            self.files.add(place)
            if place != self.main and (content := self._content(place)) is not None:
                self._say(f"{path} can't be read ({error.strerror}): {place} is used")
                return content
        known = known_file(path)
        if known is None and path != self.main and not self.needs_includes:
            self._say(f"{path} can't be read ({error.strerror}): nothing is included in its place")
            return b""
        if known is None:
            raise error
        self._say(f"{path} can't be read ({error.strerror}): what is built in is used")
        return known

    def _content(self, path: str) -> bytes | None:
        try:
            return self.machine.read(path)
        except OSError:
            return None

    def _beside(self, path: str, names: int) -> Iterator[str]:
        """Where a file of another directory may be: the end of its path below the main file's, the longest end first.

        names: how many names such an end has at least. It leads nowhere else, and into no directory that it does not name.
        """
        directory = posixpath.dirname(self.main)
        parts = path.split("/")[1:]
        if path.startswith(posixpath.join(directory, "")) or ".." in parts:
            return
        for start in range(1, len(parts) - names + 1):
            if _PATTERN.isdisjoint(parts[start]):
                yield posixpath.join(directory, *parts[start:])

    def _say(self, text: str) -> None:
        if text not in self._said:
            self._said.add(text)
            self.warn(text)
