"""The answer of a gRPC server."""

from __future__ import annotations

import re

from ....config.directives.gateways.grpc import GrpcLocation
from ...request import Request
from ...upstream.body import InvalidBody
from ...upstream.headers import hidden_names
from ...upstream.response import Head, InvalidHeader, TooBigHeader
from .header_block import InvalidBlock, Line
from .incoming import Incoming, InvalidFrame
from .session import Stream

_STATUS = b":status"
_THREE_DIGITS = re.compile(rb"[0-9]{3}")
_OK = 200


class GrpcAnswer:
    """One answer (`upstream.codec.ServerAnswer`)."""

    upgraded = False

    def __init__(self, request: Request, settings: GrpcLocation, stream: Stream) -> None:
        self._request = request
        self._buffer_size = settings.buffer_size
        self._hidden = hidden_names(settings)
        self._stream = stream
        self._incoming = Incoming(stream, self._take_line)
        self.head = Head(status=0)
        self.rest = b""
        self.unread = b""
        # Bytes in the buffer.
        self._used = 0

    def feed(self, data: bytes) -> Head | None:
        """Take bytes of the head. While nothing of it is there, nginx empties the buffer after each frame."""
        self.unread = data
        while self.unread:
            room = self._buffer_size - self._used
            data, self.unread = self.unread[:room], self.unread[room:]
            self._used += len(data)
            if self._take(data):
                return self._whole()
            if self._incoming.is_between:
                self._used = 0
            elif self._used >= self._buffer_size:
                raise TooBigHeader
        return None

    def _take(self, data: bytes) -> bool:
        """Returns whether the head is whole."""
        try:
            self._incoming.feed(data)
        except InvalidFrame as invalid:
            raise InvalidHeader(*invalid.args) from None
        except InvalidBlock as invalid:
            self._request.connection.log("error", invalid.args[0], self._request)
            raise InvalidHeader(b"upstream sent invalid header") from None
        return self._incoming.head_whole

    def _whole(self) -> Head:
        self.rest = self._incoming.rest()
        self.head.size = self._used - len(self.rest)
        if self._incoming.ended:
            self.head.length = 0
        return self.head

    def _take_line(self, line: Line) -> None:
        if self._incoming.head_whole:
            self._take_trailer(*line)
        elif line[0].startswith(b":"):
            self._take_status(*line)
        elif not self.head.status:
            raise InvalidFrame(b"upstream sent no :status header")
        else:
            self.head.headers.append(line)

    def _take_status(self, name: bytes, value: bytes) -> None:
        if name != _STATUS:
            raise InvalidFrame(b'upstream sent invalid header "%b: %b"' % (name, value))
        if self.head.status:
            raise InvalidFrame(b"upstream sent duplicate :status header")
        if not _THREE_DIGITS.fullmatch(value):
            raise InvalidFrame(b'upstream sent invalid :status "%b"' % value)
        status = int(value)
        if status < _OK:
            raise InvalidFrame(b'upstream sent unexpected :status "%b"' % value)
        self.head.status = status

    def _take_trailer(self, name: bytes, value: bytes) -> None:
        if name.startswith(b":"):
            raise InvalidFrame(b'upstream sent invalid trailer "%b: %b"' % (name, value))
        if self._request.upstream is not None:
            self._request.upstream.trailers.append((name, value))
        if name not in self._hidden:
            self._request.response.trailers += ((name, value),)

    def reply(self) -> bytes:
        """What acknowledges what has come, once the server reads. An answer that is over with its head is not replied to."""
        if self.head.length == 0 or self._stream.connection.is_full:
            return b""
        replies = b"".join(self._incoming.replies)
        self._incoming.replies.clear()
        return replies

    def body(self) -> GrpcBody:
        """The DATA frames."""
        self._incoming.missing = self.head.content_length
        return GrpcBody(self._request, self._incoming)

    @property
    def keeps_open(self) -> bool:
        return self._incoming.is_reusable and not self._incoming.replies


class GrpcBody:
    """The body (`upstream.body.BodyReader`)."""

    excess = cut = b""
    # Everything is passed on as it comes.
    least = 1

    def __init__(self, request: Request, incoming: Incoming) -> None:
        self._request = request
        self._incoming = incoming

    @property
    def ended(self) -> bool:
        return self._incoming.ended

    def feed(self, data: bytes) -> bytes:
        """Take bytes as they came, of frames of any kind."""
        try:
            body = self._incoming.feed(data)
        except InvalidFrame as invalid:
            raise InvalidBody(*invalid.args) from None
        except InvalidBlock as invalid:
            self._request.connection.log("error", invalid.args[0], self._request)
            raise InvalidBody(b"upstream sent invalid trailer") from None
        if self._incoming.missing and self.ended:
            raise InvalidBody(b"upstream prematurely closed stream")
        return body

    def at_end(self) -> bool:
        return False
