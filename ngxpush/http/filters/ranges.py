"""The range filter: parts of static files (RFC 9110, 14; directive max_ranges). Recordings core-static/range*, if-range."""

from __future__ import annotations

import itertools
import re
from typing import ClassVar

from ...config.directives.http.core import HttpCoreLocation
from ...dates import parse_http_date
from ...numbers import parse_decimal
from ..body_filter import BodyOutput
from ..body_output import Output
from ..request import Request
from ..request_input import HTTP_10
from ..status import OK, RANGE_NOT_SATISFIABLE

_RANGE = re.compile(rb" *(?:([0-9]+) *- *(?:([0-9]+) *)?|-([0-9]+) *)")
_boundaries = itertools.count(1)

Range = tuple[int, int]


class NotSatisfiable(ValueError):
    """No range of the header lies in the body, or the header is not a list of ranges."""


def parse_ranges(header: bytes, length: int, most: int) -> list[Range]:
    """The ranges after `bytes=`, as (start, end) with end excluded; [] if the whole body is to be sent. Raises NotSatisfiable."""
    ranges: list[Range] = []
    for text in header.split(b","):
        found = _RANGE.fullmatch(text)
        if found is None:
            raise NotSatisfiable
        first, last, suffix = found.groups()
        if suffix is not None:
            start, end = max(length - _number(suffix), 0), length
        else:
            start = _number(first)
            end = length if last is None else min(_number(last) + 1, length)
        if start < end:
            ranges.append((start, end))
            if len(ranges) > most:
                return []
        elif start == 0:
            return []
    if not ranges:
        raise NotSatisfiable
    if sum(end - start for start, end in ranges) > length:
        return []
    return ranges


def _number(digits: bytes) -> int:
    number = parse_decimal(digits)
    if number is None:
        raise NotSatisfiable
    return number


class Part:
    """The body filter for one range. position: of the next byte that comes."""

    __slots__ = ("position", "range")

    takes_empty: ClassVar[bool] = False
    reads: ClassVar[bool] = False

    def __init__(self, part: Range) -> None:
        self.range = part
        self.position = 0

    def feed(self, data: bytes, flush: bool, last: bool) -> bytes:
        """The part of the piece that lies in the range."""
        position, (start, end) = self.position, self.range
        self.position += len(data)
        return data[max(start - position, 0) : max(end - position, 0)]


class Parts:
    """The body filter for several ranges: collects the body, then sends each part with a head of its own.

    pieces: what is sent: texts, and ranges of the body.
    """

    __slots__ = ("_collected", "pieces")

    takes_empty: ClassVar[bool] = False
    reads: ClassVar[bool] = False

    def __init__(self, pieces: tuple[bytes | Range, ...]) -> None:
        self.pieces = pieces
        self._collected: list[bytes] = []

    def feed(self, data: bytes, flush: bool, last: bool) -> bytes:
        """Returns nothing until the body is whole."""
        self._collected.append(data)
        if not last:
            return b""
        body = b"".join(self._collected)
        return b"".join([piece if isinstance(piece, bytes) else body[slice(*piece)] for piece in self.pieces])


def take_over(output: BodyOutput) -> tuple[bytes | Range, ...]:
    """What is to be sent of the body, for a handler that can begin anywhere in it; the filter is removed. Empty for all of it.

    Of a body that comes in parts (slice) the handler has only one.
    """
    for encoder in output.encoders if output.slices is None else ():
        if isinstance(encoder, Part | Parts):
            output.encoders.remove(encoder)
            return (encoder.range,) if isinstance(encoder, Part) else encoder.pieces
    return ()


def _still_the_same(request: Request) -> bool:
    """Whether there is no If-Range, or it names the tag or the time of the answer."""
    header = request.input.headers.get(b"if-range")
    if header is None:
        return True
    response = request.response
    if len(header) >= 2 and header.endswith(b'"'):
        return response.etag is not None and header == response.etag
    return response.last_modified is not None and parse_http_date(header) == response.last_modified


def _send_parts(request: Request, output: Output, ranges: list[Range], length: int) -> None:
    response = request.response
    boundary = b"%020d" % next(_boundaries)
    written = response.written_content_type
    kind = b"Content-Type: %b\r\n" % written if written else b""
    before = b"\r\n--%b\r\n%bContent-Range: bytes " % (boundary, kind)
    heads = [b"%b%d-%d/%d\r\n\r\n" % (before, start, end - 1, length) for start, end in ranges]
    closing = b"\r\n--%b--\r\n" % boundary
    response.content_type = b"multipart/byteranges; boundary=" + boundary
    response.content_type_line = response.charset = None
    response.content_length = len(closing) + sum(map(len, heads)) + sum(end - start for start, end in ranges)
    pieces = [piece for pair in zip(heads, ranges, strict=True) for piece in pair]
    output.encoders.append(Parts((*pieces, closing)))


def filter_header(request: Request, output: Output) -> int:
    """Change a 200 to 206 or 416 if the client asks for ranges."""
    response = request.response
    if not response.allow_ranges:
        return OK
    length = response.content_length
    most = request.location.of(HttpCoreLocation).max_ranges
    if request.input.http_version < HTTP_10 or response.status != 200 or length is None or most == 0:
        return OK
    if response.single_range:
        most = 1
    header = request.input.headers.get(b"range")
    ranges: list[Range] = []
    if header is not None and len(header) >= 7 and header[:6].lower() == b"bytes=" and _still_the_same(request):
        try:
            ranges = parse_ranges(header[6:], length, most if most is not None else len(header))
        except NotSatisfiable:
            response.status = RANGE_NOT_SATISFIABLE
            response.headers.append((b"Content-Range", b"bytes */%d" % length))
            response.content_length = None
            return RANGE_NOT_SATISFIABLE
    if not ranges:
        response.headers.append((b"Accept-Ranges", b"bytes"))
        return OK
    response.status = 206
    response.status_line = None
    if len(ranges) > 1:
        _send_parts(request, output, ranges, length)
        return OK
    start, end = ranges[0]
    response.headers.append((b"Content-Range", b"bytes %d-%d/%d" % (start, end - 1, length)))
    response.content_length = end - start
    output.encoders.append(Part(ranges[0]))
    return OK
