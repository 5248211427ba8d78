"""Removes files and directories with all that is in them, for dav."""

from __future__ import annotations

from ..operations import FileTree
from ..request import Request
from ..status import NOT_FOUND
from .dav_errors import RefusedChange, failed


def remove(request: Request, tree: FileTree, path: bytes, is_directory: bool) -> None:
    """Remove a file, or a directory (its path may end in a slash). Raises RefusedChange.

    What can't be removed in a directory is logged, and the rest is removed all the same.
    """
    if is_directory:
        _empty(request, tree, path.rstrip(b"/"))
    _remove_one(tree, path, is_directory)


def _remove_one(tree: FileTree, path: bytes, is_directory: bool) -> None:
    try:
        (tree.remove_directory if is_directory else tree.unlink)(path)
    except OSError as error:
        raise failed(error, b"rmdir()" if is_directory else b"unlink()", path, NOT_FOUND) from None


def _empty(request: Request, tree: FileTree, path: bytes) -> None:
    """Remove all that is in a directory. The way down is a list: directories are deeper than calls may be nested."""
    way = [(path, iter(tree.names(path)))]
    while way:
        directory, names = way[-1]
        name, is_directory = next(names, (b"", True))
        if name and is_directory:
            inner = directory + b"/" + name
            way.append((inner, iter(tree.names(inner))))
            continue
        if not name:
            way.pop()
            if not way:
                return
        try:
            _remove_one(tree, directory + b"/" + name if name else directory, is_directory)
        except RefusedChange as refused:
            request.connection.log(refused.level, refused.message, request)
