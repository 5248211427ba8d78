"""What dav refuses, and the statuses of failed calls."""

from __future__ import annotations

import errno

from ..request import Request
from ..status import FORBIDDEN, INTERNAL_SERVER_ERROR
from ..system_errors import words

NOT_ALLOWED = 405
CONFLICT = 409
UNSUPPORTED_MEDIA_TYPE = 415
_INSUFFICIENT_STORAGE = 507


class RefusedChange(Exception):
    """A request that is answered with an error. message: for the error log; empty if it says nothing."""

    def __init__(self, status: int, message: bytes = b"", level: str = "error") -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.level = level


def failed(error: OSError, call: bytes, path: bytes, not_found: int) -> RefusedChange:
    """A failed call. not_found: the status if there is no such file."""
    number, level = error.errno or 0, "error"
    if number == errno.ENOENT:
        status = not_found
    elif number == errno.ENOTDIR:
        status = CONFLICT
    elif number == errno.EEXIST:
        status = NOT_ALLOWED
    elif number == errno.EACCES:
        status = FORBIDDEN
    elif number == errno.ENOSPC:
        status, level = _INSUFFICIENT_STORAGE, "crit"
    else:
        status, level = INTERNAL_SERVER_ERROR, "crit"
    return RefusedChange(status, b'%b "%b" failed (%d: %b)' % (call, path, number, words(error)), level)


def broken(error: OSError, call: bytes) -> RefusedChange:
    """A call that must not fail. call: with its paths."""
    return RefusedChange(INTERNAL_SERVER_ERROR, b"%b failed (%d: %b)" % (call, error.errno or 0, words(error)), "crit")


def has_body(request: Request) -> bool:
    """Whether a body comes with the request."""
    return request.input.chunked or bool(request.input.content_length)
