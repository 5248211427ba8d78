"""The head of an HTTP/1 request, parsed as nginx parses it, without I/O.

`RequestParser.feed` takes bytes in pieces of any size and fills the `Request` as soon as something is known: a refusal
(`Refused`) is answered by the server, and with the variables, that are known by then.  nginx checks each byte when it comes, so a
line can be refused before its end has arrived (recordings core_routing/core-protocol).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from ..config.directives.http.core import HttpCoreServer
from ..numbers import parse_decimal
from .request import Request
from .request_input import HTTP_09, HTTP_10, HTTP_11
from .request_line import BrokenLine, Refused, RequestLine
from .uri import InvalidURI, parse_target

USUAL_LINE = re.compile(rb"([A-Z_-]+) +(/[^\x00-\x20\x7f]*) +(HTTP/1\.[01])\r?")
"""The usual request line, parsed at once. `RequestLine` parses every other one, also one that is wrong or not whole."""

VERSIONS = {b"HTTP/1.0": HTTP_10, b"HTTP/1.1": HTTP_11}

# How many bytes of a line that is too long are logged.
_MOST_SHOWN = 1748

_HEADER_NAME = re.compile(rb"[^\x00-\x20\x7f:]+")
_VALID_NAME = re.compile(rb"[A-Za-z0-9-]+")
_VALID_NAME_WITH_UNDERSCORES = re.compile(rb"[A-Za-z0-9_-]+")
_BAD_NAME_BYTE = re.compile(rb"[\x00-\x20\x7f]")
# A value with a byte that is refused. The group is at the place that nginx names: where the value, or what may be its end, stops.
_BAD_VALUE = re.compile(rb"[^:]*: *[^\x00\r]*?(?:(\x00)|( *\r)\r*[^\r])")

UNIQUE = frozenset(
    (
        b"host",
        b"if-modified-since",
        b"if-unmodified-since",
        b"if-match",
        b"if-none-match",
        b"content-length",
        b"content-range",
        b"if-range",
        b"transfer-encoding",
        b"expect",
        b"authorization",
    )
)
"""Headers that may come only once, in lower case: nginx refuses a second line."""

READING_LINE = "reading client request line"
READING_PIPELINED_LINE = "reading client pipelined request line"
READING_HEADERS = "reading client request headers"


_BAD_HOST = re.compile(rb"[\x00-\x20\x7f/]|\.\.")
_HOST = re.compile(rb"\[[^\]]*\]|\[.*|[^:]*", re.DOTALL)


@lru_cache(maxsize=1024)
def validate_host(value: bytes) -> bytes | None:
    """The host of a Host header or a request line as nginx stores it: lower case, without port and last dot; None if invalid."""
    if _BAD_HOST.search(value):
        return None
    found = _HOST.match(value)
    assert found is not None
    return found[0].removesuffix(b".").lower() or None


def is_valid_name(name: bytes, settings: HttpCoreServer) -> bool:
    """Whether a header of this name is no `invalid` one (ignore_invalid_headers)."""
    valid = _VALID_NAME_WITH_UNDERSCORES if settings.underscores_in_headers else _VALID_NAME
    return valid.fullmatch(name) is not None


def take_length(request: Request) -> None:
    """Set the length that the request's body is said to have. Raises Refused."""
    declared = request.input.headers.get(b"content-length")
    if declared is not None:
        request.input.content_length = parse_decimal(declared)
        if request.input.content_length is None:
            raise Refused(400, b'client sent invalid "Content-Length" header')


ANSWERED_NOWHERE = (b"CONNECT", b"TRACE")
"""The methods that nginx refuses."""


def check_method(request: Request) -> None:
    """Raises Refused for the methods that nginx answers nowhere."""
    if request.method in ANSWERED_NOWHERE:
        raise Refused(405, b"client sent %b method" % request.method)


def check_coding(request: Request, coding: bytes) -> None:
    """Take the value of Transfer-Encoding, after `take_length`. Raises Refused."""
    if request.input.http_version < HTTP_11:
        raise Refused(400, b'client sent HTTP/1.0 request with "Transfer-Encoding" header')
    if coding.lower() != b"chunked":
        raise Refused(501, b'client sent unknown "Transfer-Encoding": "%b"' % coding)
    if request.input.content_length is not None:
        raise Refused(400, b'client sent "Content-Length" and "Transfer-Encoding" headers at the same time')
    request.input.chunked = True


class RequestParser:
    """Fills a Request from the bytes of one client, until its head is whole.

    choose_server: called with the host (b"" without one) to set `request.server`, which is the address's default until then.
    rest: input not yet used; of a line that is refused at one of its bytes, the whole line.
    room: what the buffer of the previous request, which this one came with, has left; 0 for a buffer of its own.
    """

    __slots__ = (
        "_host_in_line",
        "_large_buffers",
        "_line_seen",
        "_room",
        "_scanned",
        "_started",
        "choose_server",
        "request",
        "rest",
    )

    def __init__(self, request: Request, choose_server: Callable[[bytes], None], room: int = 0) -> None:
        self.request = request
        self.choose_server = choose_server
        self.rest = b""
        self._scanned = 0
        self._line_seen = False
        self._host_in_line = False
        self._room = room or request.server.of(HttpCoreServer).client_header_buffer_size
        self._large_buffers = 0
        self._started = False

    @property
    def activity(self) -> str:
        """What nginx is doing, in its words for the error log."""
        if self._line_seen and self.request.input.http_version > HTTP_09:
            return READING_HEADERS
        return READING_PIPELINED_LINE if self.request.input.pipelined else READING_LINE

    def feed(self, data: bytes) -> bool:
        """Take more bytes. True when the head is whole; `rest` then holds the bytes after it. Raises Refused."""
        buffer = self.rest + data if self.rest else data
        position = 0
        if not self._started:
            while buffer[position : position + 1] in (b"\r", b"\n"):
                position += 1
            self._room -= position
            self._started = position < len(buffer)
        while True:
            end = buffer.find(b"\n", max(position, self._scanned))
            if end < 0:
                return self._keep(buffer, position)
            start, position = position, end + 1
            try:
                whole = self._take_line(buffer[start:end])
            except Refused as refused:
                self.rest = buffer[start if isinstance(refused, BrokenLine) else position :]
                raise
            if whole:
                self.rest = buffer[position:]
                return True

    def _take_line(self, line: bytes) -> bool:
        """Take a whole line, without its line feed. True when it ends the head."""
        if len(line) + 1 > self._room:
            self._take_large_buffer(line, len(line) + 1)
        self._room -= len(line) + 1
        self._scanned = 0
        return self._take_header_line(line) if self._line_seen else self._take_request_line(line)

    def _keep(self, buffer: bytes, position: int) -> bool:
        """Check the beginning of a line, and keep it until the rest comes."""
        line = buffer[position:]
        self.rest = line
        if line:
            while len(line) >= self._room:
                self._take_large_buffer(line, len(line))
            self._judge_beginning(line)
            self._scanned = len(line)
        return False

    def _judge_beginning(self, line: bytes) -> None:
        if self._line_seen:
            self._split_header(line)
        else:
            self._note_unfinished(self._read_line(line, complete=False))

    def _take_large_buffer(self, line: bytes, length: int) -> None:
        """Count a line as nginx's buffers do: each line is in one buffer, and the number of large buffers is limited.

        The part of a line that fits into a buffer is checked before the line gets a larger one, or is refused as too long.
        """
        number, size = self.request.server.of(HttpCoreServer).large_client_header_buffers
        none_left = self._large_buffers >= number
        if self._room > 0:
            self._judge_beginning(line[: self._room])
        if length > size or (length == size and self._room == size) or none_left:
            if not none_left:
                self._judge_beginning(line[:size])
            if not self._line_seen:
                raise Refused(414, b"client sent too long URI")
            shown = line[: min(self._room if none_left else size, _MOST_SHOWN)]
            raise Refused(494, b'client sent too long header line: "%b..."' % shown)
        self._large_buffers += 1
        self._room = size

    # The request line

    def _take_request_line(self, line: bytes) -> bool:
        request = self.request
        request.input.request_line = line.rstrip(b"\r") if line.endswith(b"\r") else line
        usual = USUAL_LINE.fullmatch(line)
        if usual is None:
            return self._take_unusual_line(line)
        request.method, target, protocol = usual.groups()
        request.input.protocol = protocol
        request.input.http_version = VERSIONS[protocol]
        request.input.request_length = len(line) + 1
        self._take_target(target)
        self._line_seen = True
        return False

    def _take_unusual_line(self, line: bytes) -> bool:
        request = self.request
        parts = self._read_line(line, complete=True)
        if parts.version == HTTP_09 and parts.method != b"GET":
            self._note_unfinished(parts)
            request.input.http_version = HTTP_09
            raise Refused(400, b"client sent invalid method in HTTP/0.9 request")
        request.method, request.input.protocol, request.input.http_version = parts.method, parts.protocol, parts.version
        request.input.request_length = len(line) + 1
        self._take_target(parts.target)
        if parts.authority is not None:
            self._take_host(parts.authority, b"client sent invalid host in request line")
            self._host_in_line = True
        self._line_seen = True
        return self._finish() if parts.version == HTTP_09 else False

    def _read_line(self, line: bytes, complete: bool) -> RequestLine:
        """Read an unusual line, or the beginning of one."""
        parts = RequestLine(line, complete)
        try:
            parts.read()
        except Refused:
            self._note_unfinished(parts)
            raise
        return parts

    def _note_unfinished(self, parts: RequestLine) -> None:
        """Note what nginx knows of a line that it refuses: of the methods HEAD, which it answers without a body."""
        request = self.request
        request.input.request_line = parts.line.partition(b"\r")[0]
        request.input.protocol = parts.protocol
        request.method = b"HEAD" if parts.method == b"HEAD" else b""

    def _take_target(self, target: bytes) -> None:
        request = self.request
        try:
            request.uri, request.args = parse_target(target, request.server.of(HttpCoreServer).merge_slashes)
        except InvalidURI:
            raise Refused(400, b"client sent invalid request") from None
        request.input.unparsed_uri = target
        if target.startswith(b"?"):
            request.progress.valid_unparsed_uri = False  # no server takes it as it is

    def _take_host(self, value: bytes, message: bytes) -> None:
        host = validate_host(value)
        if host is None:
            raise Refused(400, message)
        self.request.input.host = host
        self.choose_server(host)

    # The headers

    def _split_header(self, line: bytes) -> tuple[bytes, bytes]:
        """Name and value of a header line, or of its beginning."""
        if line[0] == 0x0D:
            bad = 0 if len(line) > 1 else None
        else:
            name, _, value = line.rstrip(b"\r").partition(b":")
            found = _BAD_NAME_BYTE.search(name)
            if found or not name:
                bad = found.start() if found else 0
            else:
                if b"\0" not in value and b"\r" not in value:
                    return name, value.strip(b" ")
                found = _BAD_VALUE.match(line)
                assert found is not None
                bad = found.start(found.lastindex or 0)
        if bad is None:
            return b"", b""
        raise BrokenLine(400, b'client sent invalid header line: "%b\\x%02x..."' % (line[:bad], line[bad]))

    def _take_header_line(self, line: bytes) -> bool:
        request = self.request
        if line in (b"\r", b""):
            request.input.request_length += len(line) + 1
            return self._finish()
        name, value = self._split_header(line)
        request.input.request_length += len(line) + 1
        settings = request.server.of(HttpCoreServer)
        if settings.ignore_invalid_headers and not is_valid_name(name, settings):
            shown = line.rstrip(b"\r ") if value else line.rstrip(b"\r")
            message = b'client sent invalid header line: "%b" while %b' % (shown, self.activity.encode())
            request.connection.log("info", message, request)
            return False
        self._add_header(name, value)
        return False

    def _add_header(self, name: bytes, value: bytes) -> None:
        """Take a header with a valid name."""
        request = self.request
        key = name.lower()
        if key in UNIQUE and key in request.input.headers:
            previous = next(line for line in request.input.headers.lines if line[0].lower() == key)
            what = b"host header" if key == b"host" else b"header line"
            lines = b'"%b: %b", previous value: "%b: %b"' % (name, value, *previous)
            raise Refused(400, b"client sent duplicate %b: %b" % (what, lines))
        request.input.headers.add(name, value)
        if key == b"host" and not self._host_in_line:
            self._take_host(value, b"client sent invalid host header")
        elif key == b"host" and validate_host(value) is None:
            raise Refused(400, b"client sent invalid host header")

    def _finish(self) -> bool:
        """What nginx checks when all headers are there."""
        request = self.request
        headers = request.input.headers
        request.input.room = max(self._room, 0)
        if request.input.host is None:
            self.choose_server(b"")
        if request.input.http_version >= HTTP_11 and b"host" not in headers:
            raise Refused(400, b'client sent HTTP/1.1 request without "Host" header')
        take_length(request)
        coding = headers.get(b"transfer-encoding")
        if coding is not None:
            check_coding(request, coding)
        check_method(request)
        return True
