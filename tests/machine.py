"""A machine made of a dictionary, for `analyze(…, system=…)`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ngxpush.config.path_map import PathMap


@dataclass(frozen=True)
class Machine:
    """Files in a dictionary, and nothing else anywhere. Every host name has an address, but those `unknown`.

    hosts: the addresses of some names.
    """

    files: Mapping[str, bytes]
    unknown: tuple[str, ...] = ()
    hosts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    paths: PathMap = field(default_factory=PathMap)

    def read(self, path: str) -> bytes:
        if path not in self.files:
            raise FileNotFoundError(2, "No such file or directory")
        return self.files[path]

    def glob(self, pattern: str) -> list[str]:
        prefix, _, suffix = pattern.partition("*")
        return sorted(path for path in self.files if path.startswith(prefix) and path.endswith(suffix))

    text = read

    def credentials(self, path: str) -> bytes | None:
        return self.read(path)

    def has_ciphers(self, names: str) -> bool:
        return "NONE" not in names

    def wrong_user(self, user: Sequence[bytes]) -> tuple[str, str] | None:
        return None

    def descriptors(self) -> int:
        return 1024

    def unloadable(self, path: str) -> str:
        known = path.startswith("/etc/nginx/modules/")
        return "" if known else "cannot open shared object file: No such file or directory"

    def hostname(self) -> bytes:
        return b"Machine"

    def addresses(self, host: str) -> Sequence[str]:
        return () if host in self.unknown else self.hosts.get(host, ("192.0.2.1",))
