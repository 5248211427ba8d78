"""The head that nearly every client sends, taken in one step.

`RequestParser` looks at each line as nginx does. A head that has come whole, with valid names, each of them once, a good host and
no coding of its body, needs none of that: one regular expression takes it. Every other head is left to the parser, which then
finds what is unusual about it. Both fill the request alike (tests/http/test_usual_head.py).
"""

from __future__ import annotations

import re

from ..config.directives.http.core import HttpCoreServer
from ..numbers import parse_decimal
from .parser import ANSWERED_NOWHERE, USUAL_LINE, VERSIONS, validate_host
from .request import Request
from .request_input import RequestInput
from .uri import InvalidURI, parse_target

_HEAD = re.compile(USUAL_LINE.pattern + rb"\n((?:[A-Za-z0-9-]++:[^\x00\r\n]*+\r\n)*+)\r\n")
_HOST_LINE = re.compile(rb"\nhost:[^\n]*\n", re.IGNORECASE)


def take_usual_head(request: Request, data: bytes, room: int) -> int:
    """Take at once a head that has come whole and needs no closer look, as is usual. Its server is still to be chosen.

    room: see `RequestParser`.  Returns how many bytes it has; 0 for any other head, which is left as it is.
    """
    found = _HEAD.match(data, 0, room)
    if found is None:
        return 0
    method, target, protocol, block = found.groups()
    lines, values = _lines(block)
    host = validate_host(values.get(b"host", b""))
    length = parse_decimal(values.get(b"content-length", b"0"))
    unusual = len(values) != len(lines) or b"transfer-encoding" in values  # a second line of a name may be refused
    if host is None or length is None or unusual or method in ANSWERED_NOWHERE:
        return 0
    try:
        request.uri, request.args = parse_target(target, request.server.of(HttpCoreServer).merge_slashes)
    except InvalidURI:
        return 0
    end = found.end()
    received = request.input
    request.method, received.unparsed_uri, received.protocol = method, target, protocol
    received.http_version = VERSIONS[protocol]
    received.request_line = data[: found.end(3)]
    received.request_length, received.room = end, room - end
    received.content_length, received.host = length if b"content-length" in values else None, host
    received.headers.take(lines, values)
    return end


def _lines(block: bytes) -> tuple[list[tuple[bytes, bytes]], dict[bytes, bytes]]:
    """The header lines of a usual head, and the same by name in lower case."""
    lines: list[tuple[bytes, bytes]] = []
    values: dict[bytes, bytes] = {}
    for line in block[:-2].split(b"\r\n"):
        name, _, value = line.partition(b":")
        value = value.strip(b" ")
        lines.append((name, value))
        values[name.lower()] = value
    return lines, values


def forget_after_host(received: RequestInput, data: bytes) -> None:
    """Undo what was taken after the line of the host: nginx looks at nothing after it when it finds no server."""
    found = _HOST_LINE.search(data)
    assert found is not None
    received.request_length = found.end()
    received.content_length, received.room = None, 0
    names = [name.lower() for name, _ in received.headers.lines]
    received.headers.replace(received.headers.lines[: names.index(b"host") + 1])
