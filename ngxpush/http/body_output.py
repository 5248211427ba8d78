"""The body filters of an answer, and the way of their bytes to the connection."""

from __future__ import annotations

from collections.abc import Callable

from ..config.directives.http.core import HttpCoreLocation
from .body_filter import BodyFilter, BodyKeeper, BodyOrder, BodyParts, BodyTaker
from .postpone import Postpone
from .request import Request


class Output:
    """The body filters of one answer, and what postpone_output holds back after them.

    body_filters: the filters of the request's own body, in the order they see it; header filters add them.
    around: puts texts around that body before all other filters (echo), or None.
    addition: puts the answers of subrequests around that body, or None.  inclusion: then puts them into it (ssi), or None.
    slices: asks for the next part of a body that comes in parts, or None.
    postpone: keeps the order of all these, or None before the first subrequest.
    encoders: the filters of the whole answer, with the answers of subrequests in it (gzip, ranges).  chunked: the filter after
    these, or None.
    whole_pieces: each flushed piece is a text of its own (a push message) that does not continue in the next one.
    """

    __slots__ = (
        "_least",
        "addition",
        "around",
        "body_filters",
        "chunked",
        "encoders",
        "held",
        "inclusion",
        "postpone",
        "request",
        "slices",
        "whole_pieces",
    )

    def __init__(self, request: Request) -> None:
        self.request = request
        self.body_filters: list[BodyFilter] = []
        self.around: BodyTaker | None = None
        self.addition: BodyTaker | None = None
        self.inclusion: BodyKeeper | None = None
        self.postpone: Postpone | None = None
        self.slices: BodyParts | None = None
        self.encoders: list[BodyFilter] = []
        self.chunked: BodyFilter | None = None
        self.whole_pieces = False
        self.held = b""
        self._least = request.location.of(HttpCoreLocation).postpone_output

    @property
    def is_direct(self) -> bool:
        """Whether pieces may go to the connection unchanged; the caller chunks them if the answer is chunked."""
        request = self.request
        filtered = (
            self.body_filters
            or self.encoders
            or self.around is not None
            or self.addition is not None
            or self.inclusion is not None
        )
        return not filtered and not request.response.header_only and request.parent is None

    @property
    def takes_empty(self) -> bool:
        """Whether one of the filters takes a piece without bytes."""
        return any(body_filter.takes_empty for body_filter in (*self.body_filters, *self.encoders))

    @property
    def reads_body(self) -> bool:
        """Whether a filter, or TLS, looks at the bytes of the body."""
        main = self.request.main
        if main.connection.tls is not None or self.inclusion is not None:
            return True
        encoders = () if main.response.output is None else main.response.output.encoders
        return any(body_filter.reads for body_filter in (*self.body_filters, *encoders))

    def write(self, data: bytes, flush: bool = False, last: bool = False) -> None:
        """Send a piece of the body through the filters."""
        request = self.request
        if request.response.header_only:
            if request.parent is None:
                self.send(b"", True)
            return
        if data:
            request.response.has_body = True
        if self.chunked is None and self.slices is None and self.postpone is None and self.is_direct:
            self.send(data, flush or last)
            return
        if last and self.slices is not None:
            self.write(data)
            self.slices.go_on()
            return
        if self.around is not None:
            self.around.feed(data, flush, last)
        else:
            self.filter(data, flush, last)

    def filter(self, data: bytes, flush: bool, last: bool) -> None:
        """Send a piece on, after what precedes all filters."""
        for body_filter in self.body_filters:
            data = body_filter.feed(data, flush, last)
        if self.addition is not None:
            self.addition.feed(data, flush, last)
        else:
            self.include(data, flush, last)

    def include(self, data: bytes, flush: bool, last: bool) -> None:
        """Send a piece of the body on, with what is to be included in it."""
        if self.inclusion is not None:
            self.inclusion.feed(data, flush, last)
        else:
            self.send_in_turn(data, flush, last)

    def send_in_turn(self, data: bytes, flush: bool, last: bool) -> None:
        """Send a piece of the body on after the answers of the subrequests before it."""
        if self.postpone is not None:
            self.postpone.send(data, flush, last)
        else:
            self.encode(data, flush, last)

    def ask(self, subrequest: Request, ended: Callable[[], None] | None) -> None:
        """Put the answer of a subrequest here. ended: called when its place is over."""
        self.line().ask(subrequest, ended)

    @property
    def kept(self) -> int:
        """How many bytes of the body wait until it is their turn, here or in the answer that asked for this one."""
        kept = 0 if self.inclusion is None else self.inclusion.kept
        if self.postpone is not None:
            kept += self.postpone.kept(None)
        above = self.above
        return kept if above is None else kept + above.kept(self.request)

    def wait(self, resume: Callable[[None], None]) -> None:
        """Call `resume` when some of the bytes that are kept may have been sent."""
        above = self.above
        line: BodyOrder | None = above if above is not None and above.kept(self.request) else self.postpone
        assert line is not None
        line.wait(resume)

    @property
    def above(self) -> BodyOrder | None:
        """Where the answer of a subrequest waits for its turn."""
        parent = self.request.parent
        output = None if parent is None else parent.response.output
        return None if output is None else output.postpone

    def line(self) -> Postpone:
        """Where subrequests and pieces of the body wait for their turn."""
        if self.postpone is None:
            self.postpone = Postpone(self)
        return self.postpone

    def encode(self, data: bytes, flush: bool, last: bool) -> None:
        """Send a piece of the whole answer through the encoders; that of a subrequest, to who has asked for it."""
        request = self.request
        if request.parent is not None:
            if request.take_body is not None and (data or not last or request.in_memory):
                request.take_body(data, flush and not last)
            return
        for encoder in self.encoders:
            data = encoder.feed(data, flush, last)
        if self.chunked is not None:
            data = self.chunked.feed(data, flush, last)
        self.send(data, flush or last)

    def end_main(self) -> None:
        """End the main request's answer, though more may come."""
        request = self.request
        if request.parent is None:
            self.encode(b"", flush=False, last=True)
            if self.chunked is not None:
                self._least = 0  # nginx takes the chunks that follow for last ones, too
        elif request.take_last is not None:
            request.take_last()

    def send(self, data: bytes, flush: bool) -> None:
        """Send finished bytes, or keep them while they are too few to be sent alone."""
        if self.held:
            data = self.held + data
        if not flush and len(data) < self._least:
            self.held = data
            return
        self.held = b""
        if data:
            self.request.response.bytes_sent += len(data)
            self.request.carrier.write(data)
