"""Where the body that a handler waits for is kept: in memory, or in a temporary file.

As in nginx a body stays in memory if the part of it that does not come with its head is shorter than five quarters of
client_body_buffer_size; a chunked one, if that part is not longer than client_body_buffer_size. With client_body_in_file_only,
and for dav, each body goes to a file. The file is written while the body comes; when the disk is slower than the client, no more
is read from the client. Without these two the file's name is removed from its directory at once, so no end of the server leaves
files behind.
"""

from __future__ import annotations

from collections.abc import Callable

from ...config.directives.http.core import HttpCoreLocation, HttpCoreServer
from ..operations import BodyFile, Performer
from ..request import Request
from ..status import INTERNAL_SERVER_ERROR, OK
from ..system_errors import failure

# Bytes: that many are written at once; while one write is under way, at most so many wait for the next one.
_PORTION = 128 * 1024
_MOST_WAITING = 256 * 1024


class BodySpool:
    """The place of one body that may have to go to a file.

    room: the most bytes that stay in memory.  head_room: how many more if they come with the head.
    later: the bytes of a body in chunks, with their sizes, that have not come with the head; None where they are not counted.
    went_on: called when something was written meanwhile: `is_here`, `is_full` or `status` may have changed.
    status: OK, or the status to answer with when the file can't be written, which is logged.
    quiet: whether no one is told that there is a file.
    """

    __slots__ = (
        "_ended",
        "_file",
        "_head_room",
        "_performer",
        "_pieces",
        "_request",
        "_room",
        "_size",
        "_taking",
        "_writing",
        "later",
        "quiet",
        "status",
        "went_on",
    )

    def __init__(self, request: Request, performer: Performer, room: int, head_room: int = 0, later: int | None = None) -> None:
        self.status = OK
        self.later = later
        self.quiet = False
        self.went_on: Callable[[], None] = _no_one
        self._request = request
        self._performer = performer
        self._room = room
        self._head_room = head_room
        self._pieces: list[bytes] = []
        self._size = 0
        self._file: BodyFile | None = None
        self._ended = self._writing = self._taking = False

    @property
    def is_here(self) -> bool:
        """Whether the body is whole and, if it goes to a file, written."""
        return self._ended and not self._writing and not self._pieces

    @property
    def is_full(self) -> bool:
        return self._size > _MOST_WAITING

    def take(self, pieces: list[bytes], ended: bool) -> int:
        """Remove the pieces from the list if they go to the file. ended: the body is whole. Returns `status`."""
        self._ended = ended
        if self._head_room:
            self._room += min(sum(map(len, pieces)), self._head_room)
            self._head_room = 0
        if self._file is not None or self._is_too_long(pieces):
            self._size += sum(map(len, pieces))
            self._pieces += pieces
            pieces.clear()
            self._taking = True
            self._write_on()
            self._taking = False
        return self.status

    def _is_too_long(self, pieces: list[bytes]) -> bool:
        if self.later is None:
            return self._expected(pieces) > self._room
        return self.later > self._room or (self.later == self._room and not self._ended)

    def _expected(self, pieces: list[bytes]) -> int:
        """How long the body will be, as far as is known."""
        request = self._request
        if request.main.framing is None:
            return request.input.content_length or 0
        size = sum(map(len, pieces))
        return size if request.input.ended else size + 1  # a full buffer is written, unless it is the last one

    def _write_on(self) -> None:
        """Write what waits, if it is much or the last."""
        if self._file is None:
            self._make_file()
        if self._file is None or self._writing or not self._pieces or not (self._ended or self._size >= _PORTION):
            return
        data, self._pieces, self._size = b"".join(self._pieces), [], 0
        if data:
            self._writing = True
            self._file.write(data, self._written)

    def _written(self, error: OSError | None) -> None:
        self._writing = False
        if error is not None:
            assert self._file is not None
            self._fail(b"pwrite()", error, self._file.name)
        else:
            self._write_on()
        if not self._taking:
            self.went_on()

    def _make_file(self) -> None:
        request = self._request
        settings = request.location.of(HttpCoreLocation)
        mode = settings.client_body_in_file_only
        directory, levels = settings.client_body_temp_path or (None, ())
        try:
            file = self._performer.make_body_file(directory, levels, named=mode != "off" or request.input.body_to_file)
        except OSError as error:
            self._fail(b"open()", error, error.filename or b"")
            return
        self._file = request.input.body_file = file
        if request.input.body_to_file:
            request.at_end(lambda: file.close(remove=True))
            return
        if not self.quiet:
            level = "warn" if mode == "off" else "notice"
            request.connection.log(level, b"a client request body is buffered to a temporary file " + file.name, request)
        request.at_end(lambda: file.close(remove=mode == "clean"))

    def _fail(self, call: bytes, error: OSError, name: bytes) -> None:
        request = self._request
        request.connection.log("crit", failure(call, name, error), request)
        request.keepalive, request.input.lingering_close = False, True
        self.status = INTERNAL_SERVER_ERROR
        self._pieces.clear()
        self._size = 0


def make_spool(request: Request, performer: Performer, in_memory: bool) -> BodySpool | None:
    """The spool for the body of a request; None for a body that stays in memory in any case.

    in_memory: the handler needs the bytes: only client_body_in_file_only sends them to a file.
    nginx puts what comes with the head into the head's buffer, and compares only the rest. HTTP/2 has no such buffer.
    """
    settings = request.location.of(HttpCoreLocation)
    if settings.client_body_in_file_only != "off" or request.input.body_to_file:
        spool = BodySpool(request, performer, -1)
        spool.quiet = in_memory  # the push stream module wants nothing logged
        return spool
    if in_memory:
        return None
    if request.main.framing is not None:
        most, length = settings.client_body_buffer_size, request.input.content_length
        return BodySpool(request, performer, most) if length is None or length > most else None
    head_room = max(request.server.of(HttpCoreServer).client_header_buffer_size - request.input.request_length, 0)
    if request.input.chunked:
        return BodySpool(request, performer, settings.client_body_buffer_size, later=0)
    room = settings.client_body_buffer_size * 5 // 4 - 1
    return BodySpool(request, performer, room, head_room) if (request.input.content_length or 0) > room else None


def _no_one() -> None:
    """No one waits."""
