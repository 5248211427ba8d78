"""Names for workers: unique over machines and over time, as a pid is not."""

from __future__ import annotations

import itertools
import secrets
import socket


class WorkerNames:
    """The names of one server's workers: its machine, a word that no other start of a server has, and a number."""

    def __init__(self) -> None:
        self._prefix = f"{socket.gethostname()}.{secrets.token_hex(6)}"
        self._numbers = itertools.count(1)

    def next(self) -> str:
        """A name that no worker had before."""
        return f"{self._prefix}.{next(self._numbers)}"
