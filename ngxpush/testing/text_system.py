"""The machine of a configuration whose main file is a text in a test."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from ..config.path_map import PathMap
from ..config.system import System


class TextSystem(Struct, frozen=True):
    """A `System` in front of another one, with one more file."""

    machine: System
    path: str
    content: bytes

    @property
    def paths(self) -> PathMap:
        return self.machine.paths

    def read(self, path: str) -> bytes:
        return self.content if path == self.path else self.machine.read(path)

    def glob(self, pattern: str) -> list[str]:
        return self.machine.glob(pattern)

    def text(self, path: str) -> bytes:
        return self.machine.text(path)

    def credentials(self, path: str) -> bytes | None:
        return self.machine.credentials(path)

    def has_ciphers(self, names: str) -> bool:
        return self.machine.has_ciphers(names)

    def unloadable(self, path: str) -> str:
        return self.machine.unloadable(path)

    def addresses(self, host: str) -> Sequence[str]:
        return self.machine.addresses(host)

    def wrong_user(self, user: Sequence[bytes]) -> tuple[str, str] | None:
        return self.machine.wrong_user(user)

    def descriptors(self) -> int:
        return self.machine.descriptors()

    def hostname(self) -> bytes:
        return self.machine.hostname()
