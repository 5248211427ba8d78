"""The machine as `ngxpush lint` sees it: a configuration may be written for another machine.

Host names, certificates and the files that come with nginx are taken to exist; other configuration files have to exist.
"""

from __future__ import annotations

import errno
import fnmatch
import os
from collections.abc import Mapping, Sequence

from msgspec import Struct, field

from ..config.known_files import known_file
from ..config.path_map import PathMap
from ..server.setup.real_system import RealSystem


class _OtherMachine(Struct, frozen=True):
    """What `lint` takes to be right, or does not ask for, of the machine that the configuration is for."""

    def credentials(self, path: str) -> bytes | None:
        """Not asked for."""
        return None

    def has_ciphers(self, names: str) -> bool:
        """Not asked for."""
        return True

    def unloadable(self, path: str) -> str:
        """Not asked for."""
        return ""

    def addresses(self, host: str) -> Sequence[str]:
        """Not asked for."""
        return (host,)

    def wrong_user(self, user: Sequence[bytes]) -> tuple[str, str] | None:
        """Not asked for."""
        return None

    def descriptors(self) -> int:
        return RealSystem().descriptors()

    def hostname(self) -> bytes:
        """Not known: the name stays as it is written."""
        return b"$hostname"


class DiskFiles(_OtherMachine, frozen=True):
    """The files on the disk. given: path → content of files that are not read there: the main file from standard input.

    matchless: the patterns of includes that name no file.
    """

    given: Mapping[str, bytes]
    paths: PathMap = PathMap()
    matchless: dict[str, None] = field(default_factory=dict)

    def read(self, path: str) -> bytes:
        if path in self.given:
            return self.given[path]
        try:
            return RealSystem().read(path)
        except FileNotFoundError:
            known = known_file(path)
            if known is None:
                raise
            return known

    def glob(self, pattern: str) -> list[str]:
        found = RealSystem().glob(pattern)
        if not found:
            self.matchless[pattern] = None
        return found

    def text(self, path: str) -> bytes:
        """A relative path says nothing: nginx is started in another directory."""
        return self.read(path) if os.path.isabs(path) else b""


class DumpedFiles(_OtherMachine, frozen=True):
    """The files of an `nginx -T` dump, and no others: a dump comes from another machine and has all but template files."""

    files: Mapping[str, bytes]
    paths: PathMap = PathMap()

    def read(self, path: str) -> bytes:
        if path not in self.files:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        return self.files[path]

    def glob(self, pattern: str) -> list[str]:
        """As a shell does it: `*` matches no slash."""
        return sorted(path for path in self.files if path.count("/") == pattern.count("/") and fnmatch.fnmatchcase(path, pattern))

    def text(self, path: str) -> bytes:
        return b""
