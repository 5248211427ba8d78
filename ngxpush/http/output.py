"""The way of an answer from the content handler to the connection: header filters, then body filters.

Everything here is synchronous: bytes in, bytes out, `connection.write` at the end.  The filters stand in `filters`, one file per
nginx filter; their order is nginx's.
"""

from __future__ import annotations

from typing import Protocol

from ..config.complex_value import ComplexValue
from ..config.directives.http.core import DEFAULT_TYPES, HttpCoreLocation
from . import limit_rate, uri
from .filters import addition, charset, chunked, gzip, header, headers, not_modified, ranges, sub
from .request import Request
from .status import OK, REDIRECTS, SPECIAL_RESPONSE
from .variables import evaluate

_HEADER_FILTERS = (
    not_modified.filter_header,
    headers.filter_header,
    addition.filter_header,
    sub.filter_header,
    charset.filter_header,
    gzip.filter_header,
    ranges.filter_header,
    chunked.filter_header,
)


class BodyFilter(Protocol):
    """One body filter of one answer."""

    def feed(self, data: bytes, flush: bool, last: bool) -> bytes:
        """Take a piece of the body, give what is ready. `flush`: all of it has to come out; `last`: nothing comes after."""


class Output:
    """The body filters of one answer, and what postpone_output holds back behind them.

    body_filters: those of the request's own body, in the order they see it; header filters add themselves.
    addition: puts the answers of subrequests around that body, or None.
    encoders: those of the whole answer, with the answers of subrequests in it (gzip, ranges).  chunked: the last one, or None.
    whole_pieces: each flushed piece is a text of its own (a push message): none goes on in the next one.
    """

    __slots__ = ("_least", "addition", "body_filters", "chunked", "encoders", "held", "request", "whole_pieces")

    def __init__(self, request: Request) -> None:
        self.request = request
        self.body_filters: list[BodyFilter] = []
        self.addition: addition.Addition | None = None
        self.encoders: list[BodyFilter] = []
        self.chunked: chunked.Chunked | None = None
        self.whole_pieces = False
        self.held = b""
        self._least = request.location.of(HttpCoreLocation).postpone_output

    @property
    def is_direct(self) -> bool:
        """Whether pieces may go to the connection as they are, chunked by the writer where the answer is."""
        request = self.request
        filtered = self.body_filters or self.encoders or self.addition is not None
        return not filtered and not request.header_only and request.parent is None

    def write(self, data: bytes, flush: bool = False, last: bool = False) -> None:
        """Send a piece of the body through the filters."""
        request = self.request
        if request.header_only:
            if request.parent is None:
                self.send(b"", True)
            return
        for body_filter in self.body_filters:
            data = body_filter.feed(data, flush, last)
        if request.parent is not None:
            if request.take_body is not None and (data or not last):
                request.take_body(data, flush and not last)
        elif self.addition is not None:
            self.addition.feed(data, flush, last)
        else:
            self.encode(data, flush, last)

    def encode(self, data: bytes, flush: bool, last: bool) -> None:
        """Send a piece of the whole answer, after which only encoders come."""
        for encoder in self.encoders:
            data = encoder.feed(data, flush, last)
        if self.chunked is not None:
            data = self.chunked.feed(data, flush, last)
        self.send(data, flush or last)

    def send(self, data: bytes, flush: bool) -> None:
        """Send finished bytes, unless they are too few to be sent alone."""
        if self.held:
            data = self.held + data
        if not flush and len(data) < self._least:
            self.held = data
            return
        self.held = b""
        if data:
            self.request.bytes_sent += len(data)
            self.request.connection.write(data)


def set_content_type(request: Request) -> None:
    """The type of what `request.uri` names, by `types` and `default_type`; a type that is set already stays."""
    response = request.response
    if response.content_type is None:
        settings = request.location.of(HttpCoreLocation)
        types = DEFAULT_TYPES if settings.types is None else settings.types
        response.content_type = types.get(uri.extension(request.uri).lower(), settings.default_type)


def send_header(request: Request) -> int:
    """Make the head of the answer. OK, or a status (412, 416) to be answered instead: then nothing was sent.

    The head leaves at once if postpone_output's measure is full with it (or 0), else with the first piece of the body that is
    flushed, is the last, or fills it.
    That of a subrequest is not sent; of the filters only sub_filter works on its body.
    """
    response = request.response
    if response.sent:
        return OK
    if request.error_status:
        response.status = request.error_status
        response.status_line = None
    output = Output(request)
    if request.parent is None:
        for header_filter in _HEADER_FILTERS:
            status = header_filter(request, output)
            if status != OK:
                return status
        head = header.assemble(request, output.chunked is not None)
        request.header_size = len(head)
        limit_rate.begin(request)
        output.send(head, flush=False)
    else:
        sub.filter_header(request, output)
    response.sent = True
    request.output = output
    return OK


def send_body(request: Request, data: bytes, flush: bool = False, last: bool = False) -> None:
    """Send a piece of the body, after `send_header`."""
    assert request.output is not None
    request.output.write(data, flush, last)


def send_response(request: Request, status: int, body: bytes | ComplexValue, content_type: bytes | None = None) -> int:
    """Answer with a status and a text that is at hand (`return 200 text`), skipping the request's body.

    content_type: None leaves it to `types` and `default_type`.  For a redirect the text is its Location.  Returns OK, or the
    status to finalize the request with.
    """
    broken = request.connection.discard_body(request)
    if broken != OK:
        return broken
    response = request.response
    response.status = status
    text = body if isinstance(body, bytes) else evaluate(request, body)
    if status in REDIRECTS:
        response.location = text
        return status
    if content_type is not None:
        response.content_type = content_type
    else:
        set_content_type(request)
    response.content_length = len(text)
    refused = send_header(request)
    if refused >= SPECIAL_RESPONSE:
        return refused
    send_body(request, text, last=True)
    return OK
