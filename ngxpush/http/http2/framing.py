"""The last filter of an answer on HTTP/2: its head becomes HEADERS, its body DATA, its trailers HEADERS again.

nginx sends the head at once; postpone_output counts only for the body.
"""

from __future__ import annotations

from typing import ClassVar, Protocol

from ...config.directives.http.core import HttpCoreLocation
from ..request import Request
from .answer_head import assemble, lines


class AnswerStream(Protocol):
    """Sends one answer (`streams.RequestStream`)."""

    def send_head(self, block: bytes, ended: bool) -> None:
        """Send a compressed head. ended: nothing follows."""

    def send_body(self, data: bytes, ended: bool) -> None:
        """Send a piece of the body. ended: nothing follows."""

    @property
    def waits(self) -> int:
        """Bytes of the body that were not sent yet."""

    def send_trailers(self, block: bytes) -> None:
        """Send what follows the body, compressed."""


class Framing:
    """Frames the answer of one request; the body filter after all others."""

    __slots__ = ("_held", "_request", "_stream")

    takes_empty: ClassVar[bool] = False
    reads: ClassVar[bool] = False

    def __init__(self, request: Request, stream: AnswerStream) -> None:
        self._request = request
        self._stream = stream
        self._held = b""

    @property
    def is_behind(self) -> bool:
        """Whether something of the body was not sent yet."""
        return bool(self._stream.waits)

    def send_head(self) -> None:
        """Send the head."""
        block = assemble(self._request)
        response = self._request.response
        self._stream.send_head(block, response.header_only or (response.content_length == 0 and not response.expect_trailers))

    def feed(self, data: bytes, flush: bool, last: bool) -> bytes:
        """Send a piece of the body, or keep it while it is too short to be sent alone. Nothing is left for HTTP/1."""
        if self._held:
            data = self._held + data
        if not (flush or last) and len(data) < self._request.location.of(HttpCoreLocation).postpone_output:
            self._held = data
            return b""
        self._held = b""
        trailers = self._request.response.trailers if last else ()
        if data or (last and not trailers):
            self._stream.send_body(data, last and not trailers)
        if trailers:
            self._stream.send_trailers(lines(trailers))
        return b""
