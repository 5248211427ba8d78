"""Whether someone listens where a configuration passes requests on to: the servers of this machine are asked for a connection."""

from __future__ import annotations

import os
import socket

from ..config.analysis import Analysis
from ..config.backends import Backend, local_backends
from .configuration import Warn

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


def warn_of_silent_backends(analysis: Analysis, warn: Warn) -> None:
    """Say where no one listens yet, once for all."""
    silent: dict[str, str] = {}
    for backend in local_backends(analysis.root):
        if backend.text not in silent and not listens(backend):
            place = backend.statement.start
            silent[backend.text] = f"{backend.text} ({place.file}:{place.line})"
    if silent:
        warn(f"no one listens on {', '.join(silent.values())}: what is passed on there is answered with 502 until someone does")
