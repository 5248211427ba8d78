"""Changes to files, for dav: `http.operations.FileTree`. They block, as in nginx.

nginx's workers are `nobody` where root starts it and `user` says nothing else. Where ours have stayed root, files are changed
with that user's rights all the same: no client may remove what nginx could not remove.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from ...http.operations import FileStatus
from .files import status_of
from .worker_user import identity

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC


class SystemFileTree:
    """Files of this machine. user: of the configuration, as its directive has it."""

    __slots__ = ("_identity",)

    def __init__(self, user: Sequence[bytes] = ()) -> None:
        self._identity = identity(user)

    @contextmanager
    def _acting(self) -> Iterator[None]:
        """Act with the rights of the user."""
        if self._identity is None:
            yield
            return
        uid, gid = self._identity
        groups = os.getgroups()
        os.setgroups([gid])
        os.setegid(gid)
        os.seteuid(uid)
        try:
            yield
        finally:
            os.seteuid(0)
            os.setegid(0)
            os.setgroups(groups)

    def lstat(self, path: bytes) -> FileStatus:
        with self._acting():
            return status_of(os.lstat(path))

    def access(self, path: bytes) -> int:
        """See `FileTree`."""
        with self._acting():
            return os.stat(path).st_mode & 0o777

    def is_inside(self, path: bytes, directory: bytes) -> bool:
        """See `FileTree`. Identities are compared: a name may be written in several ways."""
        with self._acting():
            wanted = os.stat(directory)
            above = os.path.realpath(os.path.dirname(path))
            while not (os.path.exists(above) and os.path.samestat(os.stat(above), wanted)):
                if above == os.path.dirname(above):
                    return False
                above = os.path.dirname(above)
            return True

    def names(self, path: bytes) -> list[tuple[bytes, bool]]:
        """See `FileTree`."""
        try:
            with self._acting(), os.scandir(path) as entries:
                return [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
        except OSError:
            return []

    def store(self, source: bytes, target: bytes, permissions: int, modified: int | None) -> None:
        """See `FileTree`. The source, a temporary file, is this process's own."""
        with self._acting():
            directory = os.path.dirname(target)
            os.stat(target if target.endswith(b"/") else directory + b"/.")
            if not os.access(directory, os.W_OK | os.X_OK, effective_ids=True):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        os.chmod(source, permissions)
        if self._identity is not None:
            os.chown(source, *self._identity)
        if modified is not None:
            os.utime(source, (modified, modified))
        move(source, target, self._identity)

    def rename(self, source: bytes, target: bytes) -> None:
        with self._acting():
            move(source, target, self._identity)

    def copy(self, source: bytes, target: bytes) -> None:
        """See `FileTree`."""
        with self._acting():
            _copy(source, target)

    def make_directory(self, path: bytes, permissions: int) -> None:
        with self._acting():
            os.mkdir(path, permissions)

    def unlink(self, path: bytes) -> None:
        with self._acting():
            os.unlink(path)

    def remove_directory(self, path: bytes) -> None:
        with self._acting():
            os.rmdir(path)


def move(source: bytes, target: bytes, owner: tuple[int, int] | None = None) -> None:
    """Rename; a file to another file system too. owner: (uid, gid) of the copy there; None: this process's."""
    try:
        os.rename(source, target)
    except OSError as error:
        if error.errno != errno.EXDEV or os.path.isdir(source):
            raise
        _move_content(source, target, owner)


def _move_content(source: bytes, target: bytes, owner: tuple[int, int] | None) -> None:
    """Put a copy in the place of `target`. A link that is there is replaced, not followed."""
    beside = b"%b.%010d" % (target, os.getpid())
    with open(source, "rb") as read, open(os.open(beside, _NEW, 0o600), "wb") as written:
        try:
            shutil.copyfileobj(read, written)
            if owner is not None:
                os.fchown(written.fileno(), *owner)
            written.flush()
            shutil.copystat(source, beside)
            os.rename(beside, target)
        except OSError:
            os.unlink(beside)
            raise
    os.unlink(source)


def _copy(source: bytes, target: bytes) -> None:
    shutil.copyfile(source, target)
    shutil.copystat(source, target)
