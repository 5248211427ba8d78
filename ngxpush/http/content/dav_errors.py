"""What dav refuses, and the statuses of failed calls."""

from __future__ import annotations

import errno

from ..status import CONFLICT, FORBIDDEN, INSUFFICIENT_STORAGE, INTERNAL_SERVER_ERROR, NOT_ALLOWED
from ..system_errors import failure, words

_STATUSES = {
    errno.ENOTDIR: CONFLICT,
    errno.EEXIST: NOT_ALLOWED,
    errno.EACCES: FORBIDDEN,
    errno.ENOSPC: INSUFFICIENT_STORAGE,
}


class RefusedChange(Exception):
    """A request that is answered with an error. message: for the error log; empty if it says nothing."""

    def __init__(self, status: int, message: bytes = b"", level: str = "error") -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.level = level


def failed(error: OSError, call: bytes, path: bytes, not_found: int) -> RefusedChange:
    """A failed call. not_found: the status if there is no such file."""
    number = error.errno or 0
    status = not_found if number == errno.ENOENT else _STATUSES.get(number, INTERNAL_SERVER_ERROR)
    level = "crit" if status in (INSUFFICIENT_STORAGE, INTERNAL_SERVER_ERROR) else "error"
    return RefusedChange(status, failure(call, path, error), level)


def unexpected(error: OSError, call: bytes) -> RefusedChange:
    """A failed call whose failures are all errors of the server. call: with its paths."""
    return RefusedChange(INTERNAL_SERVER_ERROR, b"%b failed (%b)" % (call, words(error)), "crit")
