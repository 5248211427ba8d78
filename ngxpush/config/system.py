"""The machine as the configuration sees it. `server.setup.real_system` is the real one; commands and tests have their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from .path_map import PathMap


class System(Protocol):
    """Files and host names."""

    @property
    def paths(self) -> PathMap:
        """Where the files are that the configuration names."""
        ...

    def read(self, path: str) -> bytes:
        """A file of the configuration; raises OSError."""
        ...

    def glob(self, pattern: str) -> list[str]:
        """The files a shell pattern names, sorted."""
        ...

    def text(self, path: str) -> bytes:
        """A file whose text becomes a value, such as a header template; raises OSError."""
        ...

    def credentials(self, path: str) -> bytes | None:
        """A certificate, key or similar file; None where such files are not looked at. Raises OSError."""
        ...

    def has_ciphers(self, names: str) -> bool:
        """Whether TLS knows one of these ciphers, in OpenSSL's notation."""
        ...

    def unloadable(self, path: str) -> str:
        """Why a file can't be loaded as a module, in the words of the dynamic loader; empty where it can."""
        ...

    def addresses(self, host: str) -> Sequence[str]:
        """The IP addresses of a host, those of IPv4 first; empty: it has none. Where no one is asked, the host as it is given."""
        ...

    def wrong_user(self, user: Sequence[bytes]) -> tuple[str, str] | None:
        """What nginx says of a user (and perhaps a group) for its workers: the level and the message; None for a good one."""
        ...

    def descriptors(self) -> int:
        """How many files and sockets a process may have open at once."""
        ...

    def hostname(self) -> bytes:
        """The name of the machine: `server_name $hostname`."""
        ...
