"""The machine as `ngxpush run` lets a configuration see it: what it lacks is replaced and reported."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from .known_files import known_file
from .system import System


@dataclass(slots=True, eq=False)
class LenientSystem:
    """A `System` in front of another one. warn: called, once for each thing, with what is missing and what is done instead.

    asks_for_hosts: whether `machine` is asked for the addresses of hosts, which sends questions to other machines.
    """

    machine: System
    warn: Callable[[str], None]
    asks_for_hosts: bool = True
    _said: set[str] = field(default_factory=set)

    def read(self, path: str) -> bytes:
        """A file of the configuration. A file of the nginx package may be missing; any other raises OSError."""
        try:
            return self.machine.read(path)
        except OSError as error:
            known = known_file(path)
            if known is None:
                raise
            self._say(f"{path} can't be read ({error.strerror}): the one built in is used")
            return known

    def glob(self, pattern: str) -> list[str]:
        return self.machine.glob(pattern)

    def text(self, path: str) -> bytes:
        return self.machine.text(path)

    def credentials(self, path: str) -> bytes | None:
        """Certificates and similar files may be missing: `server.setup.server_tls` replaces them, and reports it."""
        return None

    def has_ciphers(self, names: str) -> bool:
        """The ciphers of another machine may be others."""
        return True

    def unloadable(self, path: str) -> str:
        """Modules are not loaded, so they may be missing."""
        return ""

    def addresses(self, host: str) -> Sequence[str]:
        """A host that is not found now is looked up again when it is needed."""
        found = self.machine.addresses(host) if self.asks_for_hosts else (host,)
        if not found:
            self._say(f"the host {host} is not found: requests to it are answered with 502")
        return found or (host,)

    def wrong_user(self, user: Sequence[bytes]) -> tuple[str, str] | None:
        """Workers run as the user who starts ngxpush."""
        return None

    def descriptors(self) -> int:
        return self.machine.descriptors()

    def hostname(self) -> bytes:
        return self.machine.hostname()

    def _say(self, text: str) -> None:
        if text not in self._said:
            self._said.add(text)
            self.warn(text)
