"""What a configuration from elsewhere names of this machine: the developer's own /etc/nginx. And what a --map does not reach."""

from __future__ import annotations

import glob
import os
import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping

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


def own_files(origin: Origin, named: Mapping[bytes, str]) -> list[str]:
    """The files that are here and belong neither to the configuration's directories nor to a `--map`, each with a directive.

    named: see `Analysis`.
    """
    main = origin.full_path
    if main.startswith(_INSTALLED):
        return []
    its_own = [os.path.dirname(main), origin.directory.rstrip("/"), *(os.fsdecode(here) for _, here in origin.paths.places)]
    found = [f"{directive} {path}" for path, directive in _foreign(named, tuple(its_own))]
    return found[:_MOST] + ([f"and {len(found) - _MOST} more"] if len(found) > _MOST else [])


def warn_of_includes(origin: Origin, matchless: Iterable[str], named: Mapping[bytes, str], warn: Callable[[str], None]) -> None:
    """Say which includes name no file, and which files are not the configuration's but this machine's."""
    patterns = ", ".join(matchless)
    if patterns:
        warn(f"no file here is included by {patterns}")
    own = ", ".join(own_files(origin, named))
    if own:
        warn(f"these are files of this machine: {own}; --map {_map(origin, named)} names other ones")


def warn_of_useless_maps(origin: Origin, files: Mapping[str, bytes], warn: Callable[[str], None]) -> None:
    """Say which --map is for no path of the configuration, which has these files: most likely it is misspelt."""
    for there, here in origin.paths.places:
        is_named = any(there in content for content in files.values())
        if not is_named and not os.fsencode(origin.directory).startswith(there + b"/"):
            what = f"--map {shown(there)}={shown(here)} has no effect"
            warn(f"{what}: the configuration names nothing below {shown(there)}")


def _map(origin: Origin, named: Mapping[bytes, str]) -> str:
    """The --map with which an include names what is beside the configuration, as a copy of /etc/nginx has it, if there is one."""
    directory = os.path.dirname(origin.full_path)
    includes = [shown(name) for name, directive in named.items() if directive == "include"]
    for parts in (path.split("/")[1:] for path in includes if not path.startswith(posixpath.join(directory, ""))):
        for start in range(1, len(parts) - 1):
            if glob.glob(posixpath.join(glob.escape(directory), *parts[start:])):
                return f"/{'/'.join(parts[:start])}={os.path.dirname(origin.path) or '.'}"
    return "THERE=HERE"


def _foreign(named: Mapping[bytes, str], its_own: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for name, directive in named.items():
        path = posixpath.normpath(shown(name))
        inside = any(path == directory or path.startswith(posixpath.join(directory, "")) for directory in its_own)
        if inside or directive in _NOT_OPENED or path.startswith(_EVERYWHERE) or known_file(path) is not None:
            continue
        if glob.glob(path) if directive == "include" else os.path.exists(path):
            yield path, directive
