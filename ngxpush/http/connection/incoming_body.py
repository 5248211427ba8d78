"""The body of the request on a connection: read whole for a handler, passed on as it comes, or skipped.

The connection feeds it the bytes that come, then calls `hand_over`.
"""

from __future__ import annotations

from ...config.directives.http.core import HttpCoreLocation, HttpCoreServer
from ..body import BrokenBody, ChunkedBody, FramedBody, LengthBody
from ..chunks import InvalidChunks, TooLargeBody
from ..operations import Resume
from ..request import BodyReceiver, Request
from ..status import BAD_REQUEST, OK, REQUEST_ENTITY_TOO_LARGE
from .body_spool import BodySpool


class IncomingBody:
    """One body that is being read.

    resume: of the handler that waits for the whole body (`operations.ReadBody`).  spool: its place, if it may go to a file.
    receiver: gets the pieces.  Without resume and receiver the body is skipped.  status: 0, or the status to answer a body with
    that is broken (400), too large (413) or can't be written to its file (500).  rest: the bytes after its end.
    """

    __slots__ = ("_reader", "_receiver", "_request", "_resume", "_spool", "rest", "status")

    def __init__(
        self,
        request: Request,
        resume: Resume | None = None,
        receiver: BodyReceiver | None = None,
        spool: BodySpool | None = None,
    ) -> None:
        self.status = 0
        self.rest = b""
        self._request = request
        self._resume = resume
        self._receiver = receiver
        self._spool = spool
        self._reader: LengthBody | ChunkedBody | FramedBody
        if request.main.framing is not None:
            limit = request.location.of(HttpCoreLocation).client_max_body_size
            self._reader = FramedBody(request.input, self.is_wanted, limit)
        elif request.input.chunked:
            limit = request.location.of(HttpCoreLocation).client_max_body_size if self.is_wanted else 0
            self._reader = ChunkedBody(self.is_wanted, limit)
        else:
            self._reader = LengthBody(request.input.content_length or 0, self.is_wanted)

    @property
    def is_wanted(self) -> bool:
        """Whether something waits for the body. Then client_body_timeout applies, and a client that stops sending has left."""
        return self._resume is not None or self._receiver is not None

    @property
    def is_passed_on(self) -> bool:
        """Whether the pieces go to a receiver."""
        return self._receiver is not None

    @property
    def is_full(self) -> bool:
        """Whether no more is to be read: the receiver or the disk does not take what has come."""
        receiver, spool = self._receiver, self._spool
        return (receiver is not None and receiver.is_full) or (spool is not None and spool.is_full)

    @property
    def has_result(self) -> bool:
        """Whether `result` is there. It comes later than the body's end if that is still being written to a file."""
        return bool(self.status) or self._spool is None or self._spool.is_here

    @property
    def result(self) -> bytes | int:
        """The result of `operations.ReadBody`, at the end: the body or a status."""
        return self.status or self._request.input.body or b""

    def feed(self, data: bytes) -> bool:
        """Take more bytes. True at the end: the body is whole, or `status` says what is wrong, which has been logged."""
        request, reader = self._request, self._reader
        room = request.input.room
        try:
            rest = self._take(data)
        except InvalidChunks:
            request.connection.log("error", "client sent invalid chunked body", request)
            self.rest = data[:room]  # nginx does not pass over what came with the head
            return self._fail(BAD_REQUEST)
        except BrokenBody as broken:
            request.connection.log(broken.level, broken.message, request)
            return self._fail(broken.status)
        except TooLargeBody as error:
            message = f"client intended to send too large chunked body: {error.received}+{error.more} bytes"
            request.connection.log("error", message, request)
            request.input.lingering_close = True
            return self._fail(REQUEST_ENTITY_TOO_LARGE)
        if self._spool is not None and self._spool.take(reader.pieces, rest is not None) != OK:
            return self._fail(self._spool.status)
        if rest is None:
            return False
        if request.input.chunked:
            request.input.content_length = reader.length if reader.keep else 0
        request.input.body = b"".join(reader.pieces)
        request.input.body_skipped = not reader.keep
        self.rest = rest
        return True

    def _take(self, data: bytes) -> bytes | None:
        """Take bytes: first those that came in the buffer of the head, then those that nginx reads for the body alone.

        nginx counts the latter when it has read them, so also of a body that is refused, and takes off what came after the body,
        even of one that it skips and has not counted.  Returns and raises what `ChunkedBody.feed` does.
        """
        input, reader = self._request.input, self._reader
        if isinstance(reader, FramedBody):
            return reader.feed(data)
        room, input.room = input.room, 0
        with_head, later = data[:room], data[room:]
        if with_head:
            rest = reader.feed(with_head)
            if reader.keep:
                input.request_length += len(with_head) - len(rest or b"")
            if rest is not None:
                input.room = room - len(with_head) + len(rest)
                return rest + later
            if not later:
                return None
        if reader.keep:
            input.request_length += len(later)
        rest = reader.feed(later)
        if self._spool is not None and self._spool.later is not None:
            self._spool.later += len(later) - len(rest or b"")
        if rest and (reader.keep or input.chunked):
            input.request_length -= len(rest)
        if rest and input.chunked:
            input.room = self._request.server.of(HttpCoreServer).client_header_buffer_size
        return rest

    def hand_over(self, ended: bool) -> None:
        """Give what has come to the handler or the receiver. ended: the result of `feed`."""
        if self._receiver is not None:
            self._pass_on(self._receiver, ended)
        elif self._resume is not None and ended and self.has_result:
            self._resume(self.result)

    def written(self) -> bool:
        """Something was written to the file. True if `result` is there because of that: everything is written, or can't be."""
        spool = self._spool
        if spool is not None and spool.status and not self.status:
            self._fail(spool.status)
        return self.has_result

    def _pass_on(self, receiver: BodyReceiver, ended: bool) -> None:
        if self.status:
            receiver.failed(self.status)
            return
        pieces = b"".join(self._reader.pieces)
        self._reader.pieces.clear()
        if pieces or ended:
            receiver.received(pieces, ended)

    def _fail(self, status: int) -> bool:
        self.status = status
        if self._reader.keep:
            self._request.input.content_length = self._reader.length
        self._request.input.body, self._request.input.body_skipped = b"", True
        if self.is_wanted:
            self._request.keepalive = False
        return True
