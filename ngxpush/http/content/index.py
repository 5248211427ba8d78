"""index: the file that stands for a directory."""

from __future__ import annotations

import errno

from ...config.complex_value import ComplexValue
from ...config.directives.content.index import IndexLocation
from ...config.directives.http.core import HttpCoreLocation
from ..documents import map_uri_to_path
from ..opening import look_at
from ..redirect import internal_redirect_with_same_args
from ..request import Request
from ..status import DECLINED, FORBIDDEN, INTERNAL_SERVER_ERROR, NOT_FOUND
from ..system_errors import words
from ..variables.evaluation import evaluate

METHODS = (b"GET", b"HEAD", b"POST")
"""The methods that a file in place of a directory answers."""

_DEFAULT = (ComplexValue(b"index.html", (b"index.html",)),)
# The errors that end the search. After any other one the directory is looked at, then the next name is tried.
_REFUSED = (errno.ENOTDIR, errno.ENAMETOOLONG, errno.EACCES, errno.ELOOP)


async def handle(request: Request) -> int:
    """Redirect inside to the first index file that exists; decline if there is none.

    An empty name is that of the directory itself, so the redirect leads here again, until there were too many.
    """
    if not request.names_directory or request.method not in METHODS:
        return DECLINED
    directory = map_uri_to_path(request)
    if directory is None:
        return INTERNAL_SERVER_ERROR
    directory_seen = False
    for value in request.location.of(IndexLocation).index or _DEFAULT:
        name = evaluate(request, value)
        if name.startswith(b"/"):
            return internal_redirect_with_same_args(request, name)
        try:
            await look_at(request, directory + name)
        except OSError as error:
            if error.errno in _REFUSED:
                return _refuse(request, error, directory + name)
            if not directory_seen:
                status = await _look_at_directory(request, directory, directory + name)
                if status is not None:
                    return status
                directory_seen = True
            continue
        return internal_redirect_with_same_args(request, request.uri + name)
    return DECLINED


async def _look_at_directory(request: Request, directory: bytes, path: bytes) -> int | None:
    """The status to answer with if the directory itself is missing; None if it exists. path: of the index file, for the log."""
    try:
        status = await look_at(request, directory.rstrip(b"/") or b"/")
    except OSError as error:
        return _refuse(request, error, path)
    if status.type == "directory":
        return None
    request.connection.log("alert", b'"%b" is not a directory' % path, request)
    return INTERNAL_SERVER_ERROR


def _refuse(request: Request, error: OSError, path: bytes) -> int:
    """Log an error, but not a link that may not be followed. Returns the status to answer with."""
    if error.errno == errno.ELOOP:
        return FORBIDDEN
    if error.errno == errno.EACCES:
        request.connection.log("error", b'"%b" is forbidden (%b)' % (path, words(error)), request)
        return FORBIDDEN
    if request.location.of(HttpCoreLocation).log_not_found:
        request.connection.log("error", b'"%b" is not found (%b)' % (path, words(error)), request)
    return NOT_FOUND
