"""Moves a file to its place, for dav, and makes the directories around it."""

from __future__ import annotations

import errno
from collections.abc import Callable

from ..operations import FileTree
from .dav_errors import unexpected

Move = Callable[[bytes, bytes], None]
"""Moves a file from one path to another. Raises OSError."""


def directory_access(access: int) -> int:
    """The permissions of a directory whose files have these: who may read may also enter."""
    return access | (access & 0o444) >> 2


def place(tree: FileTree, move: Move, source: bytes, target: bytes, access: int | None) -> None:
    """Move a file to its place. access: of the directories made there if need be; None makes none. Raises RefusedChange."""
    failure = _attempt(move, source, target)
    if failure is not None and failure.errno == errno.ENOENT and access is not None:
        _make_directories(tree, target, access)
        failure = _attempt(move, source, target)
    if failure is not None:
        raise unexpected(failure, b'rename() "%b" to "%b"' % (source, target))


def _attempt(move: Move, source: bytes, target: bytes) -> OSError | None:
    try:
        move(source, target)
    except OSError as error:
        return error
    return None


def _make_directories(tree: FileTree, path: bytes, access: int) -> None:
    """Make the directories of a path. One that may not be made is left to those below it, for it may be there."""
    denied: OSError | None = None
    end = path.find(b"/", 1)
    while end > 0:
        try:
            tree.make_directory(path[:end], access)
            denied = None
        except OSError as error:
            denied = error if error.errno == errno.EACCES else None
            if error.errno not in (errno.EACCES, errno.EEXIST):
                raise unexpected(error, b'mkdir() "%b"' % path[:end]) from None
        end = path.find(b"/", end + 1)
    if denied is not None:
        raise unexpected(denied, b'mkdir() "%b"' % path)
