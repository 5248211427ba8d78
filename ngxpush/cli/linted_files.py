"""The machine as `ngxpush lint` sees it: a configuration may be written for another machine.

Certificates and the files that come with nginx are taken to exist, and so are host names unless --backends asks for them; other
configuration files have to exist.
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


class _OtherMachine(Struct, frozen=True, kw_only=True):
    """What `lint` takes to be right, or does not ask for, of the machine that the configuration is for.

    asks_for_hosts: whether this machine is asked for the addresses of hosts.
    """

    asks_for_hosts: bool = False

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
        return RealSystem().addresses(host) if self.asks_for_hosts else (host,)

    def wrong_user(self, user: Sequence[bytes]) -> tuple[str, str] | None:
        """Not asked for."""
        return None

    def descriptors(self) -> int:
        return RealSystem().descriptors()

    def hostname(self) -> bytes:
        """Not known: the name stays as it is written."""
        return b"$hostname"


class DiskFiles(_OtherMachine, frozen=True):
    """The files on the disk.

    given: path → content of files that are not read there: standard input, what stands for the configuration around a part.
    part: the path of a part. It is no pattern, whatever characters it has.
    matchless: the patterns of includes that name no file.
    """

    given: Mapping[str, bytes]
    part: str = ""
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
        if pattern == self.part:
            return [pattern]
        found = RealSystem().glob(pattern)
        if not found:
            self.matchless[pattern] = None
        return found

    def text(self, path: str) -> bytes:
        """A relative path says nothing: nginx is started in another directory."""
        return self.read(path) if os.path.isabs(path) else b""


def including_directory(part: str) -> str:
    """The directory of the configuration that includes a part, from which nginx takes relative paths.

    It is the nearest one around the part that has an nginx.conf; the part's own where there is none.
    """
    own = directory = os.path.dirname(part)
    while not os.path.isfile(os.path.join(directory, "nginx.conf")):
        if directory == os.path.dirname(directory):
            return own
        directory = os.path.dirname(directory)
    return directory


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
