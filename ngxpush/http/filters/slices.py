"""The slice filter: an answer of an upstream is asked for in parts, with $slice_range. Recordings: found-upstream/slice-*.

The first part is the request's own answer, each further one that of a subrequest, which the same content handler answers. The
client sees one answer with status 200, or 206 if it asked for a range itself; parts outside that range are not asked for.
"""

from __future__ import annotations

import re

from msgspec import Struct

from ...config.directives.filters.slices import SliceLocation
from ...numbers import parse_decimal
from ..body_output import Output
from ..request import Request
from ..status import ERROR, OK, PARTIAL_CONTENT
from ..subrequest import make_subrequest
from .ranges import Part

_MODULE = "slice"
_CONTENT_RANGE = re.compile(rb"bytes *([0-9]+) *- *([0-9]+) */ *(\*|[0-9]+) *")
_WANTED = re.compile(rb"bytes= *([0-9]+) *-[^,]*", re.IGNORECASE)


class Slices(Struct, eq=False):
    """How far the parts of one answer are.

    start: of the part that is asked for, and then of the next one.  end: of what is to be sent.  active: the last part that was
    asked for is as expected.  etag: of the last part that had one; the next one has to have the same.
    """

    size: int
    start: int
    end: int = 0
    active: bool = False
    etag: bytes | None = None

    @property
    def range(self) -> bytes:
        """The value of $slice_range."""
        return b"bytes=%d-%d" % (self.start, self.start + self.size - 1)


def slice_range(request: Request) -> bytes | None:
    """$slice_range: the part to ask the upstream for; None without `slice`."""
    slices: Slices | None = request.kept(_MODULE)
    if slices is None:
        size = request.location.of(SliceLocation).slice
        if request.parent is not None or request.response.status or not size:
            return None
        slices = request.modules[_MODULE] = Slices(size, size * (_first(request) // size))
    return slices.range


def _first(request: Request) -> int:
    """Where the client's range begins, if it is one that says so. With If-Range it may not count: all is asked for."""
    if b"if-range" in request.input.headers:
        return 0
    wanted = _WANTED.fullmatch(request.input.headers.get(b"range") or b"")
    return 0 if wanted is None else parse_decimal(wanted[1]) or 0


def filter_header(request: Request, output: Output) -> int:
    """Take a part for the whole. ERROR if it is not the part that was asked for."""
    slices: Slices | None = request.kept(_MODULE)
    if slices is None:
        return OK
    response = request.response
    if response.status != PARTIAL_CONTENT:
        if request.parent is None:
            del request.modules[_MODULE]
            return OK
        return _fail(request, b"unexpected status code %d in slice response" % response.status)
    if slices.etag and response.etag != slices.etag:
        return _fail(request, b"etag mismatch in slice response")
    line = next((line for line in response.headers if line[0].lower() == b"content-range"), None)
    found = None if line is None else _CONTENT_RANGE.fullmatch(line[1])
    if found is None:
        return _fail(request, b"invalid range in slice response")
    length = parse_decimal(found[3])
    if length is None:
        return _fail(request, b"no complete length in slice response")
    start, end = parse_decimal(found[1]), (parse_decimal(found[2]) or 0) + 1
    if start != slices.start or end != min(slices.start + slices.size, length):
        return _fail(request, b"unexpected range in slice response: %d-%d" % (start or 0, end))
    slices.start, slices.active = end, True
    slices.etag = slices.etag if response.etag is None else response.etag
    response.status, response.status_line, response.content_length = 200, None, length
    response.headers = [other for other in response.headers if other is not line and other is not response.accept_ranges]
    response.accept_ranges = None
    response.allow_ranges = response.single_range = True
    if request.parent is None:
        slices.end = length
        output.slices = Continuation(output, slices, start)
    return OK


def _fail(request: Request, message: bytes) -> int:
    request.connection.log("error", message, request)
    return ERROR


class Continuation:
    """Asks for the next part when the one before it is whole."""

    __slots__ = ("_output", "_slices", "_start")

    def __init__(self, output: Output, slices: Slices, start: int) -> None:
        self._output = output
        self._slices = slices
        self._start = start

    def begin(self) -> None:
        """The head is made: if the client gets a range, only what lies in it is asked for."""
        part = self._part
        if part is not None:
            start, part_end = part.range
            slices = self._slices
            slices.end = part_end
            if slices.start + slices.size <= start:
                slices.start = slices.size * (start // slices.size)
            part.position = self._start

    @property
    def _part(self) -> Part | None:
        return next((encoder for encoder in self._output.encoders if isinstance(encoder, Part)), None)

    def go_on(self) -> None:
        """A part has ended."""
        output, slices = self._output, self._slices
        request = output.request
        if not slices.active:
            request.connection.log("error", b"missing slice response", request)
            request.carrier.terminate(request, ERROR)
        elif slices.start >= slices.end:
            output.slices = None
            output.write(b"", last=True)
        else:
            slices.active = False
            part = self._part
            if part is not None:
                part.position = slices.start
            asked = make_subrequest(request, request.uri, request.args, request.method)
            asked.progress.own_args = request.progress.own_args
            asked.location = request.location
            asked.progress.content_handler = request.progress.content_handler
            asked.is_clone = True
            asked.modules[_MODULE] = slices
            output.line().ask(asked, self.go_on)
