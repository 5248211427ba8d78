"""Opens a path part by part, so that links in it can be refused (disable_symlinks)."""

from __future__ import annotations

import errno
import os

from ...http.operations import LinkCheck

# A directory on the way need not be readable. O_PATH is Linux's.
_SEARCH = getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY | os.O_NONBLOCK | os.O_CLOEXEC


def open_checked(path: bytes, flags: int, links: LinkCheck) -> int:
    """Open a path; returns the descriptor. Raises OSError: its file name is that of the part that could not be opened."""
    start = links.start or 1
    directory = os.open(path[:start], _SEARCH)
    try:
        *names, last = path[start:].removeprefix(b"/").split(b"/")
        for name in filter(None, names):
            inner = _open_part(directory, name, _SEARCH, links.owners)
            os.close(directory)
            directory = inner
        if not last:
            return os.open(b".", flags, dir_fd=directory)
        return _open_part(directory, last, flags, links.owners)
    finally:
        os.close(directory)


def _open_part(directory: int, name: bytes, flags: int, owners: bool) -> int:
    if not owners:
        return os.open(name, flags | os.O_NOFOLLOW, dir_fd=directory)
    descriptor = os.open(name, flags, dir_fd=directory)
    try:
        if os.fstat(descriptor).st_uid != os.stat(name, dir_fd=directory, follow_symlinks=False).st_uid:
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), name)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor
