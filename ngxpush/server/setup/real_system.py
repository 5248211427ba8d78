"""The machine ngxpush runs on, as the configuration sees it (`config.system`)."""

from __future__ import annotations

import glob
import os
import resource
import sys
from collections.abc import Sequence

from ...config.modules import MODULES
from ...config.path_map import PathMap
from ..processes.process import unknown_user
from ..system.hosts import look_up

_ELF_HEADER = 64
_NOT_ROOT = 'the "user" directive makes sense only if the master process runs with super-user privileges, ignored'


def _is_built_in(path: str) -> bool:
    """Whether a file is a module of nginx or the push stream module, by its name: `ngx_http_push_stream_module.so`."""
    name = os.path.basename(path).removeprefix("ngx_").removeprefix("http_").removesuffix("_module.so")
    return any(name == module.name for module in MODULES)


class RealSystem:
    """Files and names of hosts as the operating system has them."""

    paths = PathMap()

    def read(self, path: str) -> bytes:
        with open(path, "rb") as file:
            return file.read()

    def glob(self, pattern: str) -> list[str]:
        try:
            return sorted(glob.glob(pattern))
        except RecursionError:
            return []  # so many directories, one in the other, that no path leads there

    def text(self, path: str) -> bytes:
        return self.read(path)

    def credentials(self, path: str) -> bytes | None:
        return self.read(path)

    def has_ciphers(self, names: str) -> bool:
        import ssl  # few configurations name ciphers, and it takes long to load

        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).set_ciphers(names)
        except (ssl.SSLError, ValueError):
            return False
        return True

    def unloadable(self, path: str) -> str:
        """A module that ngxpush has built in may be missing."""
        try:
            content = self.read(path)
        except IsADirectoryError as error:
            return f"cannot read file data: {error.strerror}"
        except OSError as error:
            return "" if _is_built_in(path) else f"cannot open shared object file: {error.strerror}"
        if len(content) < _ELF_HEADER:
            return "file too short"
        return "" if content.startswith(b"\x7fELF") else "invalid ELF header"

    def addresses(self, host: str) -> Sequence[str]:
        try:
            return [address.decode() for address, _ in look_up(host)]
        except (OSError, UnicodeError):
            return ()

    def wrong_user(self, user: Sequence[bytes]) -> tuple[str, str] | None:
        if os.geteuid() != 0:
            return "warn", _NOT_ROOT
        unknown = unknown_user(user)
        return None if unknown is None else ("emerg", unknown)

    def descriptors(self) -> int:
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        return sys.maxsize if soft == resource.RLIM_INFINITY else soft

    def hostname(self) -> bytes:
        return os.fsencode(os.uname().nodename)
