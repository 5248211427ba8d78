"""What the answer's body goes through on its way to the client, as far as the answer itself has to know it."""

from __future__ import annotations

from typing import Protocol


class BodyFilter(Protocol):
    """One body filter of one answer."""

    def feed(self, data: bytes, flush: bool, last: bool) -> bytes:
        """Take a piece of the body, give what is ready. `flush`: all of it has to come out; `last`: nothing comes after."""


class BodyTaker(Protocol):
    """Who takes the pieces of a body and sends them on by itself."""

    def feed(self, data: bytes, flush: bool, last: bool) -> None:
        """Take a piece; the arguments are those of a filter."""


class BodyOutput(Protocol):
    """The way of an answer's body (`body_output.Output`)."""

    # The filters of the whole answer.
    encoders: list[BodyFilter]

    # The last of them; None where the answer is not chunked.
    chunked: BodyFilter | None

    # Each flushed piece is a text of its own (a push message): none goes on in the next one.
    whole_pieces: bool

    @property
    def is_direct(self) -> bool:
        """Whether pieces may go to the connection as they are, chunked by the writer where the answer is."""

    def write(self, data: bytes, flush: bool = False, last: bool = False) -> None:
        """Send a piece of the body through the filters."""

    def send(self, data: bytes, flush: bool) -> None:
        """Send finished bytes, unless they are too few to be sent alone."""
