"""Log files with variables in their names (access_log, open_log_file_cache).

Without a cache such a file is opened for each line, so one that is renamed is made again with the next line. A cache keeps
files open as nginx's does: from the `min_uses`th line on, and at most `max` of them, those that were used last. A file is looked
at again when `valid` has passed, and opened anew if its name stands for another file by then. USR1 does not open it again.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Callable
from itertools import islice

from msgspec import Struct

from ...config.directives.http.log import LogFileCache
from .log_files import LogFile, open_log


class _Known(Struct, eq=False):
    """A name in a cache. looked_at, used: times, in seconds.  file: None while it is not kept open."""

    looked_at: float
    used: float
    uses: int = 0
    file: LogFile | None = None


class NamedLogs:
    """The files of one cache. now: the time, in seconds.  failed: gets a message about a line that is lost."""

    def __init__(self, settings: LogFileCache, now: Callable[[], float], failed: Callable[[str], None]) -> None:
        self._settings = settings
        self._now = now
        self._failed = failed
        self._known: OrderedDict[str, _Known] = OrderedDict()  # that of the last use comes last

    def write(self, path: str, line: bytes) -> None:
        """Append a line to a file. Raises OSError if it can't be opened."""
        now = self._now()
        known = self._known.pop(path, None) or _Known(now, now)
        if now - known.looked_at >= self._settings.valid:
            known.looked_at = now
            if known.file is not None and not _is_still(path, known.file):
                self._close(known)
        if known.file is None:
            known.file = LogFile(path, open_log(path), failed=self._failed)
        known.file.write(line)
        if not known.uses:
            self._make_room(now)
        known.uses += 1
        known.used = now
        self._known[path] = known
        if known.uses < self._settings.min_uses:
            self._close(known)

    def _make_room(self, now: float) -> None:
        """Forget the name that was used longest ago if there are too many, and up to two that no one has used for long."""
        if len(self._known) >= self._settings.most:
            self._close(self._known.popitem(last=False)[1])
        for path in tuple(islice(self._known, 2)):
            if now - self._known[path].used <= self._settings.inactive:
                break
            self._close(self._known.pop(path))

    @staticmethod
    def _close(known: _Known) -> None:
        if known.file is not None:
            known.file.close()
            known.file = None


def write_once(path: str, line: bytes, failed: Callable[[str], None]) -> None:
    """Append a line to a file that is opened for it. failed: as in NamedLogs. Raises OSError if it can't be opened."""
    file = LogFile(path, open_log(path), failed=failed)
    file.write(line)
    file.close()


def _is_still(path: str, file: LogFile) -> bool:
    """Whether a name still stands for the open file."""
    try:
        return os.path.samestat(os.stat(path), os.fstat(file.descriptor))
    except FileNotFoundError:
        return False
