"""The head that nearly every client sends, taken in one step.

`RequestParser` looks at each line as nginx does. A head that has come whole, with valid names, each of them once, a good host and
no coding of its body, needs none of that: one regular expression takes it. Every other head is left to the parser, which then
finds what is unusual about it. Both fill the request alike (tests/http/test_usual_head.py).
"""

from __future__ import annotations

import re
from functools import lru_cache

from msgspec import Struct

from ..config.directives.http.core import HttpCoreServer
from ..numbers import parse_decimal
from .keepalive import asks_for_keepalive
from .parser import ANSWERED_NOWHERE, USUAL_LINE, VERSIONS, validate_host
from .request import Request
from .request_input import HTTP_10, RequestInput
from .uri import InvalidURI, parse_target

_LINE = re.compile(USUAL_LINE.pattern + rb"\n")
_LINES = re.compile(rb"(?:[A-Za-z0-9-]++:[^\x00\r\n]*+\r\n)++")
# Bytes: request lines and header lines that are not longer are remembered. Clients send the same ones again and again.
_REMEMBERED = 1024
_HOST_LINE = re.compile(rb"\nhost:[^\n]*\n", re.IGNORECASE)


class _Line(Struct, frozen=True, gc=False):
    """The request line of a usual head: what it makes of a request. The names are those of the request."""

    method: bytes
    uri: bytes
    args: bytes
    request_line: bytes
    unparsed_uri: bytes
    protocol: bytes
    http_version: int


class _Lines(Struct, frozen=True, gc=False):
    """The header lines of a usual head.

    values: by name in lower case.  host: as `validate_host` returns it.  length: the number of Content-Length; None without it.
    keepalive: what Connection asks for; None where it asks for nothing.
    """

    lines: tuple[tuple[bytes, bytes], ...]
    values: dict[bytes, bytes]
    host: bytes
    length: int | None
    keepalive: bool | None


def take_usual_head(request: Request, data: bytes, room: int) -> int:
    """Take at once a head that has come whole and needs no closer look, as is usual. Its server is still to be chosen.

    room: see `RequestParser`.  Returns how many bytes it has; 0 for any other head, which is left as it is.
    """
    begin = data.find(b"\n", 0, room) + 1
    end = data.find(b"\r\n\r\n", begin, room)
    if end < 0:
        return 0
    first, block = data[:begin], data[begin : end + 2]
    merges = request.server.of(HttpCoreServer).merge_slashes
    line = _remembered_line(first, merges) if begin <= _REMEMBERED else _line(first, merges)
    header = _remembered_lines(block) if len(block) <= _REMEMBERED else _lines(block)
    if line is None or header is None:
        return 0
    end += 4
    received, asked = request.input, header.keepalive
    request.method, request.uri, request.args = line.method, line.uri, line.args
    request.keepalive = line.http_version > HTTP_10 if asked is None else asked
    received.request_line, received.unparsed_uri = line.request_line, line.unparsed_uri
    received.protocol, received.http_version = line.protocol, line.http_version
    received.request_length, received.room = end, room - end
    received.content_length, received.host = header.length, header.host
    received.headers.take(header.lines, header.values)
    return end


def _line(data: bytes, merge_slashes: bool) -> _Line | None:
    """A request line with its end; None where it is not usual."""
    found = _LINE.fullmatch(data)
    if found is None:
        return None
    method, target, protocol = found.groups()
    if method in ANSWERED_NOWHERE:
        return None
    try:
        uri, args = parse_target(target, merge_slashes)
    except InvalidURI:
        return None
    return _Line(method, uri, args, data[: found.end(3)], target, protocol, VERSIONS[protocol])


def _lines(block: bytes) -> _Lines | None:
    """The header lines of a head; None where they are not usual: a second line of a name may be refused."""
    if _LINES.fullmatch(block) is None:
        return None
    lines: list[tuple[bytes, bytes]] = []
    values: dict[bytes, bytes] = {}
    for line in block[:-2].split(b"\r\n"):
        name, _, value = line.partition(b":")
        value = value.strip(b" ")
        lines.append((name, value))
        values[name.lower()] = value
    host, written = validate_host(values.get(b"host", b"")), values.get(b"content-length")
    length = None if written is None else parse_decimal(written)
    unusual = len(values) != len(lines) or b"transfer-encoding" in values or (length is None and written is not None)
    if host is None or unusual:
        return None
    connection = values.get(b"connection")
    return _Lines(tuple(lines), values, host, length, None if connection is None else asks_for_keepalive((connection,)))


_remembered_line = lru_cache(maxsize=1024)(_line)
_remembered_lines = lru_cache(maxsize=512)(_lines)


def forget_after_host(received: RequestInput, data: bytes) -> None:
    """Undo what was taken after the line of the host: nginx looks at nothing after it when it finds no server."""
    found = _HOST_LINE.search(data)
    assert found is not None
    received.request_length = found.end()
    received.content_length, received.room = None, 0
    names = [name.lower() for name, _ in received.headers.lines]
    received.headers.replace(received.headers.lines[: names.index(b"host") + 1])
