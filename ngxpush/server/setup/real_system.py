"""The machine ngxpush runs on, as the configuration sees it (`config.system`)."""

from __future__ import annotations

import glob
import os
import resource
import socket
import sys


class RealSystem:
    """Files and names of hosts as the operating system has them."""

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

    def check(self, path: str) -> None:
        self.read(path)

    def resolves(self, host: str) -> bool:
        try:
            socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return False
        return True

    def descriptors(self) -> int:
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        return sys.maxsize if soft == resource.RLIM_INFINITY else soft

    def hostname(self) -> bytes:
        return os.fsencode(os.uname().nodename)
