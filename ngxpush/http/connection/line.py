"""A connection, as a request that is served on it uses it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from ..request import BodyReceiver, Request
from ..request_input import RequestInput
from .incoming_body import IncomingBody
from .surroundings import Hosting, Transport


class Line(Protocol):
    """The connection, as a request that is served on it uses it.

    A `serving` it is given is the `serving.Serving` of the request.
    spoiled_by: the number of the request after whose answer the client gets nothing more (`Carrier.spoil`); 0 for none.
    """

    hosting: Hosting
    transport: Transport
    spoiled_by: int

    def settle(self) -> None:
        """Do what is to be done after a change."""

    @property
    def kept(self) -> int:
        """How many bytes after the head have come that no one has taken."""

    def take_body(self, received: RequestInput, length: int) -> bytes | None:
        """Take the whole body of a request, of that length, if it has come in the buffer of the head, as is usual; else None."""

    def begin_body(self, body: IncomingBody) -> bool:
        """Read a body from now on; what of it has come already, at once. Returns what `IncomingBody.feed` returns."""

    def end_body(self, serving: Any) -> None:
        """Read a body no further."""

    def end_early(self, serving: Any, status: int, abort: bool = False) -> None:
        """Close the connection without an answer, or without the rest of one.

        status: for the log.  abort: what was written need not arrive.
        """

    def switch(self, received: Callable[[bytes], None], drop: bool, receiver: BodyReceiver | None = None) -> None:
        """Give what the client sends from now on, which is not HTTP, to `received`. drop: what has come already is dropped.

        receiver: no more is read while it is full.
        """

    def log(self, level: str, text: str | bytes, request: Request | None = None) -> None:
        """Write a line to the error log."""
