"""Static files: they answer where no other handler does.

As in nginx the handlers of a directory (index, autoindex) are called first, then gzip_static, then the file itself is sent.

A file is read into `output_buffers`. nginx makes one when all others are in use: they are while what was read waits until the
answers of subrequests before it are sent (`postpone`). When all there may be are in use, nothing is read. What is read at once,
into the buffers that are free, is one piece; so after such a wait the pieces are larger. Recording
found_causes/core-output-buffers.
"""

from __future__ import annotations

import errno

from ...config.directives.content.gzip_static import GzipStaticLocation
from ...config.directives.filters.gzip import GzipLocation
from ...config.directives.http.core import HttpCoreLocation
from .. import uri
from ..documents import map_uri_to_path
from ..filters.gzip import client_accepts
from ..opening import call, open_file
from ..operations import Drained, OpenedFile, TurnTaken
from ..output import send_body, send_header, set_content_type
from ..request import Request
from ..status import DECLINED, FORBIDDEN, INTERNAL_SERVER_ERROR, MOVED_PERMANENTLY, NOT_FOUND, OK
from ..system_errors import words
from . import autoindex, dav, index, random_index

NOT_ALLOWED = 405

_METHODS = (b"GET", b"HEAD", b"POST")
# Every other error of open() is an error of the server.
_STATUSES = {
    errno.ENOENT: NOT_FOUND,
    errno.ENOTDIR: NOT_FOUND,
    errno.ENAMETOOLONG: NOT_FOUND,
    errno.EACCES: FORBIDDEN,
    errno.ELOOP: FORBIDDEN,
}


def failed(request: Request, error: OSError, path: bytes) -> int:
    """Log a failed operation on a file. Returns the status to answer with."""
    number = error.errno or 0
    status = _STATUSES.get(number, INTERNAL_SERVER_ERROR)
    settings = request.location.of(HttpCoreLocation)
    if status != NOT_FOUND or settings.log_not_found:
        level = "crit" if status == INTERNAL_SERVER_ERROR else "error"
        request.connection.log(level, b'%b "%b" failed (%d: %b)' % (call(error, b"open()"), path, number, words(error)), request)
    return status


async def handle(request: Request) -> int:
    """Answer with a file or a directory, or decline a path that ends in a slash."""
    for handler in (random_index.handle, index.handle, autoindex.handle, dav.handle, _handle_gzip_static, _handle_file):
        status = await handler(request)
        if status != DECLINED:
            return status
    path = map_uri_to_path(request)
    if path is None:
        return INTERNAL_SERVER_ERROR
    request.connection.log("error", b'directory index of "%b" is forbidden' % path, request)
    return FORBIDDEN


async def _handle_file(request: Request) -> int:
    if request.method not in _METHODS:
        return NOT_ALLOWED
    if request.uri.endswith(b"/"):
        return DECLINED
    path = map_uri_to_path(request)
    if path is None:
        return INTERNAL_SERVER_ERROR
    try:
        file = await open_file(request, path)
    except OSError as error:
        return failed(request, error, path)
    try:
        if file.status.type == "directory":
            target = uri.escape_uri(request.uri) + b"/"
            request.response.location = target + b"?" + request.args if request.args else target
            return MOVED_PERMANENTLY
        if file.status.type != "file":
            request.connection.log("crit", b'"%b" is not a regular file' % path, request)
            return NOT_FOUND
        if request.method == b"POST":
            return NOT_ALLOWED
        return await send_file(request, file)
    finally:
        file.close()


async def _handle_gzip_static(request: Request) -> int:
    """gzip_static: send the `.gz` file beside the requested one, if it exists; else decline."""
    settings = request.location.of(GzipStaticLocation)
    mode = settings.gzip_static
    if request.method not in (b"GET", b"HEAD") or request.uri.endswith(b"/") or mode == b"off":
        return DECLINED
    accepted = mode == b"always" or client_accepts(request)
    if not accepted and not request.location.of(GzipLocation).gzip_vary:
        return DECLINED
    path = map_uri_to_path(request)
    if path is None:
        return INTERNAL_SERVER_ERROR
    try:
        file = await open_file(request, path + b".gz")
    except OSError as error:
        if error.errno not in (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG):
            failed(request, error, path + b".gz")
        return DECLINED
    try:
        if mode != b"always":
            request.response.gzip_vary = request.location.of(GzipLocation).gzip_vary
        if not accepted or file.status.type != "file":
            return DECLINED
        request.response.content_encoding = b"gzip"
        return await send_file(request, file)
    finally:
        file.close()


async def send_file(request: Request, file: OpenedFile, start: int = 0, before: bytes = b"") -> int:
    """Answer with a file. start: where to begin.  before: what is sent first."""
    request.main.progress.log_action = b"sending response to client"
    broken = request.carrier.discard_body(request)
    if broken != OK:
        return broken
    response = request.response
    response.status = 200
    response.content_length = len(before) + file.status.size - start
    response.last_modified = file.status.modified
    if request.location.of(HttpCoreLocation).etag:
        response.headers.append((b"ETag", b'"%x-%x"' % (file.status.modified, response.content_length)))
    set_content_type(request)
    if response.content_encoding is not None:
        response.headers.append((b"Content-Encoding", response.content_encoding))
    else:
        response.allow_ranges = True
    status = send_header(request)
    if status != OK:
        return status
    if response.header_only:
        send_body(request, b"", last=True)
        return OK
    await _send_content(request, file, start, before)
    return OK


async def _send_content(request: Request, file: OpenedFile, offset: int, before: bytes) -> None:
    """Send what is in a file, from `offset` on."""
    output = request.response.output
    assert output is not None
    most, size = request.location.of(HttpCoreLocation).output_buffers
    buffers = 0
    while True:
        free = buffers - -(-output.kept // size)
        if free <= 0:
            if buffers == most:
                await TurnTaken(output)
                continue
            buffers += 1
            free = 1
        part = file.read(offset, free * size)
        offset += len(part)
        # Without a part the file has become shorter; nginx ends the connection too.
        last = offset >= file.status.size or not part
        send_body(request, before + part, last=last)
        if last:
            return
        before = b""
        await Drained(request)
