"""The programs `ngxpush` and `ngxpush-nginx`, from the first argument to the end.

`ngxpush nginx` and `ngxpush-nginx` go past click, which is half of what `nginx -s stop` would load.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn

_NGINX = "nginx"
# Words that explain the command. nginx has no such option, so `ngxpush-nginx --help` is refused as nginx refuses it.
_HELP = ["--help"]

_WINDOWS = "ngxpush needs Linux or macOS: on Windows run it in WSL (https://learn.microsoft.com/windows/wsl) or in a container."


def main() -> NoReturn:
    """`ngxpush`: do what the command line asks for. Does not return."""
    if sys.argv[1:2] == [_NGINX] and sys.argv[2:] != _HELP:
        _run(lambda: _nginx(sys.argv[2:]))
    _run(_commands)


def main_of_nginx() -> NoReturn:
    """`ngxpush-nginx`: takes nginx's arguments and nothing else, for whoever calls nginx by name or by path. Does not return."""
    _run(lambda: _nginx(sys.argv[1:]))


def _nginx(arguments: list[str]) -> int:
    from .nginx import main as nginx

    return nginx(arguments)


def _commands() -> None:
    from .commands import commands
    from .output import full_disk_ends

    with full_disk_ends():
        commands(prog_name="ngxpush")


def _run(program: Callable[[], int | None]) -> NoReturn:
    if sys.platform == "win32":
        sys.exit(_WINDOWS)
    gc.disable()  # nothing that is loaded becomes garbage; a server turns it on when it begins to serve
    status: object = None
    try:
        status = program()
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
