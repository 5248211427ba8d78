"""How a request opens files and looks at them: which links are followed (disable_symlinks), and what a failure is called.

With disable_symlinks nginx opens a path part by part, with openat(). So a link to a directory is refused as what is no directory
(404), a link to a file as one link too many (403). Measured with nginx 1.22.1 (nginx-tests: http_disable_symlinks).
"""

from __future__ import annotations

import errno

from ..config.directives.http.core import HttpCoreLocation
from .operations import FileStatus, LinkCheck, OpenedFile, OpenFile, Stat
from .request import Request
from .system_errors import failure
from .variables.evaluation import evaluate

NOT_THERE = (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG)
"""The errors that mean that there is no such file."""


async def open_file(request: Request, path: bytes) -> OpenedFile:
    """Open a file for a request. Raises OSError."""
    return await OpenFile(path, _links(request, path))


async def look_at(request: Request, path: bytes) -> FileStatus:
    """The status of a file for a request. Raises OSError."""
    return await Stat(path, _links(request, path))


async def find(request: Request, path: bytes) -> FileStatus:
    """The same for a file that may be missing: any other failure is logged."""
    try:
        return await look_at(request, path)
    except OSError as error:
        if error.errno not in NOT_THERE:
            request.connection.log("crit", failure(call(error, b"stat()"), path, error), request)
        raise


def call(error: OSError, whole: bytes) -> bytes:
    """The system's function that has failed: openat() if it was to open a part of a path, else `whole`."""
    return b"openat()" if isinstance(error.filename, bytes) and b"/" not in error.filename else whole


def _links(request: Request, path: bytes) -> LinkCheck | None:
    """What disable_symlinks says about a path. What is before `from=` and there itself is not looked at."""
    mode, origin = request.location.of(HttpCoreLocation).disable_symlinks
    if mode == "off":
        return None
    start = 0
    trusted = b"" if origin is None else evaluate(request, origin)
    if trusted and path.startswith(trusted):
        if path == trusted:
            return None
        if path[len(trusted) :].startswith(b"/"):
            start = len(trusted)
        elif trusted.endswith(b"/"):
            start = len(trusted) - 1
    return LinkCheck(mode == "if_not_owner", start)
