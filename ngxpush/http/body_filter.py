"""The interfaces of what an answer's body passes on its way to the client, for those who make the answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Protocol


class BodyFilter(Protocol):
    """One body filter of one answer.

    takes_empty: a flushed piece without bytes ends here. Other filters of nginx pass it on, and then it can't be sent.
    reads: it looks at the bytes, so nginx reads a file for it and does not use sendfile().
    """

    takes_empty: ClassVar[bool]
    reads: ClassVar[bool]

    def feed(self, data: bytes, flush: bool, last: bool) -> bytes:
        """Take a piece of the body. Returns what is ready. flush: all of it has to come out.  last: it is the last piece."""


class BodyTaker(Protocol):
    """Takes the pieces of a body and sends them on by itself."""

    def feed(self, data: bytes, flush: bool, last: bool) -> None:
        """Take a piece. The arguments are as for `BodyFilter.feed`."""


class BodyKeeper(BodyTaker, Protocol):
    """Takes the pieces of a body, and keeps them while it has to wait for something."""

    @property
    def kept(self) -> int:
        """How many bytes that are."""


class BodyParts(Protocol):
    """Continues a body that comes in parts (slice)."""

    def begin(self) -> None:
        """The head is made."""

    def go_on(self) -> None:
        """A part has ended: ask for the next one, or end the body."""


class BodyOrder(Protocol):
    """Keeps the order of a body and the answers of its subrequests (`postpone`)."""

    def kept(self, subrequest: Any) -> int:
        """How many bytes are kept of a subrequest's answer; None: of the request's own body."""

    def is_turn_of(self, subrequest: Any) -> bool:
        """Whether the answer of a subrequest is sent as it comes."""

    def wait(self, resume: Callable[[None], None]) -> None:
        """Call `resume` when one more place is over, and what was kept for it is sent."""


class BodyOutput(Protocol):
    """The way of an answer's body (`body_output.Output`)."""

    # The filters of the whole answer.
    encoders: list[BodyFilter]

    # The last of them; None where the answer is not chunked.
    chunked: BodyFilter | None

    # Asks for the next part of a body that comes in parts (slice), or None.
    slices: BodyParts | None

    # What postpone_output holds back.
    held: bytes

    # Each flushed piece is a text of its own (a push message) that does not continue in the next one.
    whole_pieces: bool

    @property
    def postpone(self) -> BodyOrder | None:
        """Keeps the order of the body and the answers of its subrequests; None before the first one."""

    @property
    def above(self) -> BodyOrder | None:
        """Where the answer of a subrequest waits for its turn."""

    @property
    def kept(self) -> int:
        """How many bytes of the body wait until it is their turn, here or in the answer that asked for this one."""

    def wait(self, resume: Callable[[None], None]) -> None:
        """Call `resume` when some of the bytes that are kept may have been sent."""

    @property
    def is_direct(self) -> bool:
        """Whether pieces may go to the connection unchanged; the caller chunks them if the answer is chunked."""

    @property
    def takes_empty(self) -> bool:
        """Whether one of the filters takes a piece without bytes."""

    @property
    def reads_body(self) -> bool:
        """Whether a filter, or TLS, looks at the bytes of the body."""

    def ask(self, subrequest: Any, ended: Callable[[], None] | None) -> None:
        """Put the answer of a subrequest here. ended: called when its place is over."""

    def write(self, data: bytes, flush: bool = False, last: bool = False) -> None:
        """Send a piece of the body through the filters."""

    def send(self, data: bytes, flush: bool) -> None:
        """Send finished bytes, or keep them while they are too few to be sent alone."""
