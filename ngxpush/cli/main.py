"""The `ngxpush` program, from its first argument to its end.

`ngxpush nginx` goes past click, which is half of what `nginx -s stop` would load.
"""

from __future__ import annotations

import gc
import os
import sys
from contextlib import suppress
from typing import NoReturn

_NGINX = "nginx"

_WINDOWS = "ngxpush needs Linux or macOS: on Windows run it in WSL (https://learn.microsoft.com/windows/wsl) or in a container."


def main() -> NoReturn:
    """Do what the command line asks for. Does not return."""
    if sys.platform == "win32":
        sys.exit(_WINDOWS)
    gc.disable()  # nothing that is loaded becomes garbage; a server turns it on when it begins to serve
    status: object = None
    try:
        if sys.argv[1:2] == [_NGINX]:
            from .nginx import main as nginx

            status = nginx(sys.argv[2:])
        else:
            from .commands import commands

            commands()
    except SystemExit as end:
        status = end.code
    _leave(status if isinstance(status, int) else int(status is not None))


def _leave(status: int) -> NoReturn:
    """End the process at once: to take all objects apart, as Python does, takes a quarter of `nginx -s`."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:  # it was closed when the program started
            with suppress(OSError):
                stream.flush()
    os._exit(status)
