"""The body of the request a connection is at: read whole for a handler, passed on as it comes, or skipped."""

from __future__ import annotations

from typing import Any, Protocol

from ..config.directives.http.core import HttpCoreLocation
from ..http.body import BrokenBody, ChunkedBody, LengthBody, TooLargeBody
from ..http.request import BodyReceiver, Request
from ..http.status import BAD_REQUEST, REQUEST_ENTITY_TOO_LARGE
from .driver import WAITING, Resume


class Input(Protocol):
    """What a body needs of its connection."""

    def log(self, level: str, text: str | bytes, request: Request | None = None) -> None:
        """A line for the error log."""

    def take_input(self) -> bytes:
        """What has come already."""

    def body_ended(self, rest: bytes) -> None:
        """The body is whole, or will never be; `rest` came behind it."""

    def wait_for_body(self) -> None:
        """More has to come before client_body_timeout is over."""

    def stop_waiting(self) -> None:
        """Nothing is waited for any more."""


class IncomingBody:
    """One body. It is wanted by a handler that waits for the whole of it or by a receiver of its pieces, or it is skipped."""

    __slots__ = ("_input", "_reader", "_receiver", "_request", "_resume")

    def __init__(self, source: Input, request: Request, keep: bool) -> None:
        self._input = source
        self._request = request
        self._reader: LengthBody | ChunkedBody
        if request.chunked:
            self._reader = ChunkedBody(keep, request.location.of(HttpCoreLocation).client_max_body_size if keep else 0)
        else:
            self._reader = LengthBody(request.content_length or 0, keep)
        self._resume: Resume | None = None
        self._receiver: BodyReceiver | None = None

    @property
    def is_awaited(self) -> bool:
        """Whether a handler waits for the whole of it."""
        return self._resume is not None

    @property
    def is_passed_on(self) -> bool:
        """Whether its pieces go to a receiver."""
        return self._receiver is not None

    def read(self, resume: Resume) -> Any:
        """The ReadBody operation: the body or a status; WAITING where `resume` gets it later."""
        result = self._feed_wanted(b"")
        if result is WAITING:
            self._resume = resume
            self._input.wait_for_body()
        return result

    def pass_to(self, receiver: BodyReceiver) -> None:
        """Give each piece to the receiver from now on."""
        self._receiver = receiver
        self._piece_arrives(receiver, b"")

    def arrives(self, data: bytes) -> None:
        """More of a body that is wanted."""
        if self._receiver is not None:
            self._piece_arrives(self._receiver, data)
            return
        result = self._feed_wanted(data)
        if result is WAITING:
            self._input.wait_for_body()
            return
        self._input.stop_waiting()
        resume, self._resume = self._resume, None
        assert resume is not None
        resume(result)

    def feed(self, data: bytes) -> bool:
        """Take more, and what has come already before it. True when the body is whole. Raises BrokenBody and TooLargeBody."""
        request, reader = self._request, self._reader
        data = self._input.take_input() + data
        rest = reader.feed(data)
        if reader.keep:
            request.request_length += len(data) - len(rest or b"")
        if rest is None:
            return False
        if request.chunked:
            request.content_length = reader.length if reader.keep else 0
        request.body = b"".join(reader.pieces)
        self._input.body_ended(rest)
        return True

    def _piece_arrives(self, receiver: BodyReceiver, data: bytes) -> None:
        result = self._feed_wanted(data)
        if isinstance(result, int):
            receiver.failed(result)
            return
        ended = result is not WAITING
        pieces = b"".join(self._reader.pieces)
        self._reader.pieces.clear()
        if ended:
            self._input.stop_waiting()
        else:
            self._input.wait_for_body()
        if pieces or ended:
            receiver.received(pieces, ended)

    def _feed_wanted(self, data: bytes) -> Any:
        """The body, a status, or WAITING."""
        request = self._request
        try:
            return request.body if self.feed(data) else WAITING
        except BrokenBody:
            self._input.log("error", "client sent invalid chunked body", request)
            status = BAD_REQUEST
        except TooLargeBody as error:
            message = f"client intended to send too large chunked body: {error.received}+{error.more} bytes"
            self._input.log("error", message, request)
            request.lingering_close = True
            status = REQUEST_ENTITY_TOO_LARGE
        self._input.body_ended(b"")
        self._input.stop_waiting()
        request.body = b""
        request.keepalive = False
        return status
