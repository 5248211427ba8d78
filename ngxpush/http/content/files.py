"""How a handler answers with a file: static, gzip_static, flv.

A file is read into `output_buffers`. nginx makes one when all others are in use: they are while what was read waits until the
answers of subrequests before it are sent (`postpone`). When all there may be are in use, nothing is read. What is read at once,
into the buffers that are free, is one piece; so after such a wait the pieces are larger. Recording
found_causes/core-output-buffers. A text before or between parts of the file is a piece with the part that precedes it.
"""

from __future__ import annotations

import errno
from collections import deque
from collections.abc import Awaitable, Callable

from ...config.directives.http.core import HttpCoreLocation
from ..body_filter import BodyOutput
from ..documents import map_uri_to_path
from ..filters.ranges import take_over
from ..opening import call, open_file
from ..operations import Drained, OpenedFile, TurnTaken
from ..output import send_body, send_header, set_content_type
from ..request import Request
from ..status import DECLINED, ERROR, FORBIDDEN, INTERNAL_SERVER_ERROR, NOT_ALLOWED, NOT_FOUND, OK
from ..system_errors import failure

# Every other error of open() is an error of the server.
_STATUSES = {
    errno.ENOENT: NOT_FOUND,
    errno.ENOTDIR: NOT_FOUND,
    errno.ENAMETOOLONG: NOT_FOUND,
    errno.EACCES: FORBIDDEN,
    errno.ELOOP: FORBIDDEN,
}

# Bytes of a file that are sent as one piece where nginx would send all of it so: they are in memory for a moment.
_LARGEST_PIECE = 1024 * 1024

Answer = Callable[[Request, OpenedFile, bytes], Awaitable[int]]
"""Answers with an open file, whose path is given for the log. Returns a status."""


async def answer_with_file(request: Request, methods: tuple[bytes, ...], answer: Answer) -> int:
    """Have `answer` answer with the file of the URI. Other methods are not allowed; a URI that ends in a slash is declined."""
    if request.method not in methods:
        return NOT_ALLOWED
    if request.names_directory:
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


async def send_file(request: Request, file: OpenedFile, path: bytes, start: int = 0, before: bytes = b"") -> int:
    """Answer with a file. path: for the log.  start: where to begin.  before: what is sent first."""
    broken = request.carrier.discard_body(request)
    if broken != OK:
        return broken
    request.main.progress.log_action = b"sending response to client"
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
    return await send_content(request, file, path, start, before)


class _BecameShorter(Exception):
    """The file has become shorter since it was opened. offset, size: of the part that is not there.  found: what of it is."""

    def __init__(self, offset: int, size: int, found: int) -> None:
        super().__init__(offset, size, found)
        self.offset, self.size, self.found = offset, size, found


def _read(file: OpenedFile, offset: int, size: int) -> bytes:
    """Read a part of a file, all of it. Raises _BecameShorter, OSError."""
    part = file.read(offset, size)
    if len(part) < size:
        raise _BecameShorter(offset, size, len(part))
    return part


async def send_content(request: Request, file: OpenedFile, path: bytes, offset: int, before: bytes) -> int:
    """Send what is in a file, from `offset` on. path: for the log.  before: what is sent first.

    Returns OK, or ERROR if not all of it can be read: the client must not wait for the rest, nor take the next answer for it.
    """
    output, settings, size = request.response.output, request.location.of(HttpCoreLocation), file.status.size - offset
    assert output is not None
    try:
        if size <= settings.output_buffers[1] and not (before or output.encoders):
            send_body(request, _read(file, offset, size), last=True)
            if request.parent is not None:
                await Drained(request)  # many such parts may follow (slice)
        else:
            await _send_pieces(request, output, file, offset, before)
    except _BecameShorter as shorter:
        if settings.sendfile and not output.reads_body:
            message = b'sendfile() reported that "%b" was truncated at %d' % (path, shorter.offset + shorter.found)
        else:
            message = b'pread() read only %d of %d from "%b"' % (shorter.found, shorter.size, path)
        request.connection.log("alert", message, request)
    except OSError as error:
        request.connection.log("crit", failure(b"pread()", path, error), request)
    else:
        return OK
    return ERROR


async def _send_pieces(request: Request, output: BodyOutput, file: OpenedFile, offset: int, before: bytes) -> None:
    """Send it piece by piece. Raises what `_read` does."""
    reading = _Reading(request, file, _segments(output, file, offset, before))
    framing, most, in_use = request.framing, request.location.of(HttpCoreLocation).output_buffers[0], 0
    while True:
        piece = reading.read_on(output.kept)
        if piece is None:
            await TurnTaken(output)
            continue
        send_body(request, piece, last=reading.ended)
        if reading.ended:
            return
        in_use += 1
        if framing is not None and framing.is_behind and in_use < most:
            continue  # nginx reads on while it has buffers; on HTTP/2 that shows in the frames
        await Drained(request)
        in_use = 0


Segment = bytes | tuple[int, int]
"""A text, or a part of a file: where it begins and ends."""


def _segments(output: BodyOutput, file: OpenedFile, offset: int, before: bytes) -> deque[Segment]:
    """What is to be sent: of a body of which only ranges are, no more than these is read."""
    body = len(before) + file.status.size - offset
    segments: deque[Segment] = deque()
    for piece in take_over(output) or ((0, body),):
        if isinstance(piece, bytes):
            segments.append(piece)
            continue
        start, end = piece
        if start < len(before):
            segments.append(before[start:end])
        if end > len(before):
            segments.append((offset + max(start - len(before), 0), offset + end - len(before)))
    return segments


class _Reading:
    """Reads the parts of a file that are to be sent, as far as there are buffers.

    ended: nothing is left.  _buffers: how many were made.  _whole: they are not needed: with `sendfile on` a file is one piece,
    as long as no filter looks at its bytes. Only the chunks of an answer show that.  _framed: on HTTP/2 each buffer is a piece.
    """

    __slots__ = ("_buffers", "_file", "_framed", "_most", "_segments", "_size", "_whole")

    def __init__(self, request: Request, file: OpenedFile, segments: deque[Segment]) -> None:
        settings, output = request.location.of(HttpCoreLocation), request.response.output
        assert output is not None
        self._file = file
        self._segments = segments
        self._most, self._size = settings.output_buffers
        self._whole = settings.sendfile and request.main.response.chunked and not output.reads_body
        self._framed = request.framing is not None
        self._buffers = 0

    @property
    def ended(self) -> bool:
        return not self._segments

    def read_on(self, kept: int) -> bytes | None:
        """The next piece; None if all buffers are in use. kept: bytes that wait for their turn. Raises what `_read` does."""
        free = self._buffers - -(-kept // self._size)
        pieces: list[bytes] = []
        while self._segments:
            segment = self._segments[0]
            if isinstance(segment, bytes):
                pieces.append(segment)
                self._segments.popleft()
            elif self._whole:
                if kept >= _LARGEST_PIECE:
                    break
                pieces.append(self._take(*segment, _LARGEST_PIECE - kept))
                kept += len(pieces[-1])
            else:
                if free <= 0:
                    if pieces or self._buffers == self._most:
                        break
                    self._buffers += 1
                    free = 1
                free -= 1
                pieces.append(self._take(*segment, self._size))
                if self._framed:
                    break
        return b"".join(pieces) if pieces or self.ended else None

    def _take(self, start: int, end: int, most: int) -> bytes:
        """Read the beginning of the first part; what is left of it is for the next time."""
        part = _read(self._file, start, min(most, end - start))
        if start + len(part) < end:
            self._segments[0] = (start + len(part), end)
        else:
            self._segments.popleft()
        return part
