"""How a handler answers with a file: static, gzip_static, flv.

A file is read into `output_buffers`. nginx makes one when all others are in use: they are while what was read waits until the
answers of subrequests before it are sent (`postpone`). When all there may be are in use, nothing is read. What is read at once,
into the buffers that are free, is one piece; so after such a wait the pieces are larger. Recording
found_causes/core-output-buffers.
"""

from __future__ import annotations

import errno
from collections.abc import Awaitable, Callable

from ...config.directives.http.core import HttpCoreLocation
from ..documents import map_uri_to_path
from ..opening import call, open_file
from ..operations import Drained, OpenedFile, TurnTaken
from ..output import send_body, send_header, set_content_type
from ..request import Request
from ..status import DECLINED, FORBIDDEN, INTERNAL_SERVER_ERROR, NOT_ALLOWED, NOT_FOUND, OK
from ..system_errors import failure

# Every other error of open() is an error of the server.
_STATUSES = {
    errno.ENOENT: NOT_FOUND,
    errno.ENOTDIR: NOT_FOUND,
    errno.ENAMETOOLONG: NOT_FOUND,
    errno.EACCES: FORBIDDEN,
    errno.ELOOP: FORBIDDEN,
}

Answer = Callable[[Request, OpenedFile, bytes], Awaitable[int]]
"""Answers with an open file, whose path is given for the log. Returns a status."""


async def answer_with_file(request: Request, methods: tuple[bytes, ...], answer: Answer) -> int:
    """Have `answer` answer with the file of the URI. Other methods are not allowed; a URI that ends in a slash is declined."""
    if request.method not in methods:
        return NOT_ALLOWED
    if request.uri.endswith(b"/"):
        return DECLINED
    path = map_uri_to_path(request)
    if path is None:
        return INTERNAL_SERVER_ERROR
    return await with_file(request, path, answer, failed)


async def with_file(request: Request, path: bytes, answer: Answer, not_opened: Callable[[Request, OSError, bytes], int]) -> int:
    """Have `answer` answer with the file of a path. not_opened: returns the status for a file that can't be opened."""
    try:
        file = await open_file(request, path)
    except OSError as error:
        return not_opened(request, error, path)
    try:
        return await answer(request, file, path)
    finally:
        file.close()


def failed(request: Request, error: OSError, path: bytes) -> int:
    """Log a file that can't be opened. Returns the status to answer with."""
    status = _STATUSES.get(error.errno or 0, INTERNAL_SERVER_ERROR)
    if status != NOT_FOUND or request.location.of(HttpCoreLocation).log_not_found:
        level = "crit" if status == INTERNAL_SERVER_ERROR else "error"
        request.connection.log(level, failure(call(error, b"open()"), path, error), request)
    return status


async def send_file(request: Request, file: OpenedFile, start: int = 0, before: bytes = b"") -> int:
    """Answer with a file. start: where to begin.  before: what is sent first."""
    request.main.progress.log_action = b"sending response to client"
    broken = request.carrier.discard_body(request)
    if broken != OK:
        return broken
    settings, response = request.location.of(HttpCoreLocation), request.response
    response.status = 200
    response.content_length = len(before) + file.status.size - start
    response.last_modified = file.status.modified
    if settings.etag:
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
    await send_content(request, file, start, before)
    return OK


async def send_content(request: Request, file: OpenedFile, offset: int, before: bytes) -> None:
    """Send what is in a file, from `offset` on. before: what is sent first."""
    output = request.response.output
    assert output is not None
    most, size = request.location.of(HttpCoreLocation).output_buffers
    buffers = in_use = 0
    framing = request.framing
    while True:
        free = buffers - -(-output.kept // size)
        if free <= 0:
            if buffers == most:
                await TurnTaken(output)
                continue
            buffers += 1
            free = 1
        part = file.read(offset, size if framing is not None else free * size)
        offset += len(part)
        # Without a part the file has become shorter; nginx ends the connection too.
        last = offset >= file.status.size or not part
        send_body(request, before + part, last=last)
        if last:
            return
        before = b""
        in_use += 1
        if framing is not None and framing.is_behind and in_use < most:
            continue  # nginx reads on while it has buffers; on HTTP/2 that shows in the frames
        await Drained(request)
        in_use = 0
