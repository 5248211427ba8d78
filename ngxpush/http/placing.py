"""A file that is complete gets its place: it is renamed, and directories are made for it."""

from __future__ import annotations

import errno
from collections.abc import Callable

from .operations import FileTree
from .system_errors import words


class NotPlaced(Exception):
    """A file could not be put into its place. message: for the error log, at level crit."""

    def __init__(self, error: OSError, call: bytes) -> None:
        """call: with its paths."""
        super().__init__(error)
        self.message = b"%b failed (%d: %b)" % (call, error.errno or 0, words(error))


def directory_access(access: int) -> int:
    """The permissions of a directory whose files have these: who may read may also enter."""
    return access | (access & 0o444) >> 2


def place(tree: FileTree, move: Callable[[bytes, bytes], None], source: bytes, target: bytes, access: int | None) -> None:
    """Move a file to its place. access: of the directories made there if need be; None makes none. Raises NotPlaced."""
    failure = _attempt(move, source, target)
    if failure is not None and failure.errno == errno.ENOENT and access is not None:
        _make_directories(tree, target, access)
        failure = _attempt(move, source, target)
    if failure is not None:
        raise NotPlaced(failure, b'rename() "%b" to "%b"' % (source, target))


def _attempt(move: Callable[[bytes, bytes], None], source: bytes, target: bytes) -> OSError | None:
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
                raise NotPlaced(error, b'mkdir() "%b"' % path[:end]) from None
        end = path.find(b"/", end + 1)
    if denied is not None:
        raise NotPlaced(denied, b'mkdir() "%b"' % path)
