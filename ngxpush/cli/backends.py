"""Whether someone listens where a configuration passes requests on to: the servers of this machine are asked for a connection."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable

from ..config.analysis import Analysis
from ..config.backends import Backend, local_backends
from ..config.tree import Statement
from .places import places_by_name

_SECONDS = 1.0


def listens(backend: Backend) -> bool:
    """Whether someone accepts connections there; True where that can't be found out."""
    try:
        if backend.path is None:
            socket.create_connection((backend.host, backend.port), _SECONDS).close()
        else:
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(_SECONDS)
                client.connect(os.fsencode(backend.path))
    except (ConnectionRefusedError, FileNotFoundError):
        return False
    except OSError:
        return True
    return True


def warn_of_silent_backends(analysis: Analysis, warn: Callable[[str], None]) -> None:
    """Say where no one listens yet, once for all."""
    asked: dict[str, bool] = {}
    silent: list[tuple[str, Statement]] = []
    for backend in local_backends(analysis.root):
        if backend.text not in asked:
            asked[backend.text] = listens(backend)
        if not asked[backend.text]:
            silent.append((backend.text, backend.statement))
    if silent:
        warn(f"no one listens on {places_by_name(silent)}: what is passed on there is answered with 502 until someone does")
