"""When the files of a configuration change: `ngxpush run --watch`.

Editors replace files, and make others beside them. So directories are watched, and what counts is whether the files look
different when something has happened there.
"""

from __future__ import annotations

import asyncio
import glob
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import aclosing, suppress
from types import MappingProxyType

from msgspec import Struct, field

Look = tuple[int, int, int] | None
"""Time, size and number of a file; None where there is none."""

# Milliseconds: how long changes are collected, at most, and how often is looked for them.
_TOGETHER, _STEP = 400, 50
# And after how many the files are looked at although nothing was heard: something may happen before the system is asked.
_AT_LEAST = 1000
# Seconds for which the files look the same when whoever writes them is done, and how often that is waited for at most.
_QUIET = 0.1
_MOST_WAITS = 20


class ConfigurationFiles(Struct, frozen=True):
    """What a configuration was read from, as it looked then.

    files: full paths, also of files that are not there.  patterns: shell patterns with full paths, of includes.
    """

    files: frozenset[str]
    patterns: frozenset[str]
    looks: dict[str, Look] = field(default_factory=dict)

    @classmethod
    def of(
        cls, paths: Iterable[str], patterns: Iterable[str], seen: Mapping[str, Look] = MappingProxyType({})
    ) -> ConfigurationFiles:
        """These as they are now. paths: of files, perhaps relative to the working directory.

        seen: how some of them looked before they were read: what has changed while they were read has changed since.
        """
        files, globs = frozenset(map(os.path.abspath, paths)), frozenset(patterns)
        return cls(files, globs, {path: seen.get(path, look) for path, look in _looks(files, globs).items()})

    def seen(self) -> dict[str, Look]:
        """How they look now."""
        return _looks(self.files, self.patterns)

    @property
    def have_changed(self) -> bool:
        """Whether one looks different now, is there now, or is gone."""
        return self.seen() != self.looks

    @property
    def directories(self) -> frozenset[str]:
        """Where something happens when one changes."""
        paths = [*self.files, *map(os.path.realpath, self.files)]
        found = {os.path.dirname(path) for path in paths}
        for pattern in self.patterns:
            found.update(_directories_of(pattern))
        return frozenset(path for path in map(_nearest, found) if os.access(path, os.R_OK))


async def changed(watched: ConfigurationFiles) -> None:
    """Return when one of the files has changed, and they change no more. Raises ImportError without watchfiles."""
    while not watched.have_changed:
        # The system watches no more directories, or one of them has a name that is not UTF-8, or a file in it: watchfiles takes
        # none of these. Then the files are only looked at.
        with suppress(OSError, UnicodeEncodeError, ExceptionGroup):
            await _heard_of_a_change(watched)
            continue
        await asyncio.sleep(_AT_LEAST / 1000)
    await _written(watched)


async def _written(watched: ConfigurationFiles) -> None:
    """Return when the files are written: an editor empties a file first, `git` writes one after the other."""
    for _ in range(_MOST_WAITS):
        before = watched.seen()
        await asyncio.sleep(_QUIET)
        if watched.seen() == before:
            return


async def _heard_of_a_change(watched: ConfigurationFiles) -> None:
    """Return when a file has changed. The files are looked at when something happens beside them. Raises OSError."""
    from watchfiles import awatch  # an extra

    happenings = awatch(
        *watched.directories, recursive=False, watch_filter=None, debounce=_TOGETHER, step=_STEP,
        rust_timeout=_AT_LEAST, yield_on_timeout=True,
    )  # fmt: skip
    async with aclosing(happenings):
        async for _ in happenings:
            if watched.have_changed:
                return


async def never() -> None:
    """Wait until it is cancelled."""
    await asyncio.Event().wait()


def _looks(files: frozenset[str], patterns: frozenset[str]) -> dict[str, Look]:
    included = [path for pattern in patterns for path in glob.glob(pattern)]
    return {path: _look(path) for path in (*files, *included)}


def _look(path: str) -> Look:
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def _directories_of(pattern: str) -> Iterator[str]:
    """The directories in which a file may come, or a directory with such files."""
    directory = os.path.dirname(pattern)
    while glob.has_magic(directory):
        yield from glob.glob(directory)
        directory = os.path.dirname(directory)
    yield directory


def _nearest(directory: str) -> str:
    """The directory, or the nearest one above it that is there."""
    while not os.path.isdir(directory):
        directory = os.path.dirname(directory)
    return directory
