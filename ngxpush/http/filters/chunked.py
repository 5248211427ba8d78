"""The chunked filter: Transfer-Encoding for answers whose length is not known (directive chunked_transfer_encoding)."""

from __future__ import annotations

from typing import ClassVar

from ...config.directives.http.core import HttpCoreLocation
from ..body_output import Output
from ..request import Request
from ..request_input import HTTP_11
from ..status import NO_CONTENT, NOT_MODIFIED, OK

LAST_CHUNK = b"0\r\n\r\n"


def chunk(data: bytes) -> bytes:
    """`data` as one chunk."""
    return b"%x\r\n%b\r\n" % (len(data), data)


class Chunked:
    """The body filter: each piece becomes a chunk."""

    __slots__ = ("request",)

    takes_empty: ClassVar[bool] = False
    reads: ClassVar[bool] = False

    def __init__(self, request: Request) -> None:
        self.request = request

    def feed(self, data: bytes, flush: bool, last: bool) -> bytes:
        """One chunk, and the end after the last piece."""
        encoded = chunk(data) if data else b""
        return encoded + self.end() if last else encoded

    def end(self) -> bytes:
        """The last chunk, with the trailers."""
        trailers = self.request.response.trailers
        return b"0\r\n%b\r\n" % b"".join([b"%b: %b\r\n" % line for line in trailers]) if trailers else LAST_CHUNK


def filter_header(request: Request, output: Output) -> int:
    """Decide how the client finds the end of the body: by its length, by chunks, or by the end of the connection."""
    response = request.response
    if request.framing is not None:
        output.chunked = request.framing
        return OK
    if response.status in (NOT_MODIFIED, NO_CONTENT) or response.status < 200 or request.method == b"HEAD":
        return OK
    if response.content_length is None or response.expect_trailers:
        if request.input.http_version >= HTTP_11 and request.location.of(HttpCoreLocation).chunked_transfer_encoding:
            response.content_length = None
            response.chunked = True
            output.chunked = Chunked(request)
        elif response.content_length is None:
            request.keepalive = False
    return OK
