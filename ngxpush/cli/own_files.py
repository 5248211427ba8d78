"""Files of this machine that a configuration from elsewhere happens to name: the developer's own /etc/nginx."""

from __future__ import annotations

import glob
import os
import posixpath
from collections.abc import Iterator

from ..config.analysis import Analysis
from ..config.known_files import known_file
from ..config.text import shown
from .origin import Origin

# Where a configuration lies that is installed on this machine: what it names is meant.
_INSTALLED = ("/etc/", "/usr/", "/opt/")
# What every machine has.
_EVERYWHERE = ("/dev/", "/proc/", "/sys/", "/tmp/")
# Modules are not loaded.
_NOT_OPENED = ("load_module",)
_MOST = 8


def own_files(origin: Origin, analysis: Analysis) -> list[str]:
    """The files that are here and belong neither to the configuration's directories nor to a `--map`, each with a directive."""
    main = origin.full_path
    if main.startswith(_INSTALLED):
        return []
    its_own = [os.path.dirname(main), origin.directory.rstrip("/"), *(os.fsdecode(here) for _, here in origin.paths.places)]
    found = [f"{directive} {path}" for path, directive in _foreign(analysis, tuple(its_own))]
    return found[:_MOST] + ([f"and {len(found) - _MOST} more"] if len(found) > _MOST else [])


def _foreign(analysis: Analysis, its_own: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for name, directive in analysis.named.items():
        path = posixpath.normpath(shown(name))
        inside = any(path == directory or path.startswith(posixpath.join(directory, "")) for directory in its_own)
        if inside or directive in _NOT_OPENED or path.startswith(_EVERYWHERE) or known_file(path) is not None:
            continue
        if glob.glob(path) if directive == "include" else os.path.exists(path):
            yield path, directive
