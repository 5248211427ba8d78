"""The machine as the configuration sees it. `server.setup.real_system` is the real one; commands and tests have their own."""

from __future__ import annotations

from typing import Protocol


class System(Protocol):
    """Files and host names."""

    def read(self, path: str) -> bytes:
        """A file of the configuration; raises OSError."""
        ...

    def glob(self, pattern: str) -> list[str]:
        """The files a shell pattern names, sorted."""
        ...

    def text(self, path: str) -> bytes:
        """A file whose text becomes a value, such as a header template; raises OSError."""
        ...

    def check(self, path: str) -> None:
        """Raise OSError unless a file can be read whose content is not used here, such as a certificate."""
        ...

    def unloadable(self, path: str) -> str:
        """Why a file can't be loaded as a module, in the words of the dynamic loader; empty where it can."""
        ...

    def resolves(self, host: str) -> bool:
        """Whether a host name has an address."""
        ...

    def descriptors(self) -> int:
        """How many files and sockets a process may have open at once."""
        ...

    def hostname(self) -> bytes:
        """The name of the machine: `server_name $hostname`."""
        ...
