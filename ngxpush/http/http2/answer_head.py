"""The head of an answer, compressed as nginx compresses it (RFC 7541): the same bytes, which the log counts.

nginx keeps no table of what it has sent. Lines that HTTP/2's own table knows by name are sent with the number of the name, others
with the name as text. Texts are Huffman coded where that is shorter.
"""

from __future__ import annotations

from collections.abc import Iterable

from ...config.directives.http.core import HttpCoreLocation
from ...dates import format_http_date
from ..filters.header import absolute_location, leave_out_body, prepare, server_name
from ..header_coding import encoded_line, encoded_text, plain_text
from ..request import Request

# Numbers of HTTP/2's own table: whole lines, and names.
_STATUSES = {200: 8, 204: 9, 206: 10, 304: 11, 400: 12, 404: 13, 500: 14}
_STATUS, _CONTENT_LENGTH, _CONTENT_TYPE, _DATE, _LAST_MODIFIED, _LOCATION, _SERVER, _VARY = 8, 28, 31, 33, 44, 46, 54, 59

_INDEXED, _NAMED, _TABLE_SIZE = 0x80, 0x40, 0x20
TABLE_SIZE_0 = bytes((_TABLE_SIZE,))
"""Says that no table is kept: at the head of the first answer after the client has sent its table's size."""


def _named(name: int, value: bytes) -> bytes:
    return bytes((_NAMED | name,)) + encoded_text(value)


def _plain(name: int, value: bytes) -> bytes:
    """A line whose value nginx never codes."""
    return bytes((_NAMED | name,)) + plain_text(value)


def lines(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Lines whose names are sent as text, in lower case."""
    return b"".join([encoded_line(name.lower(), value) for name, value in headers])


def assemble(request: Request) -> bytes:
    """The compressed head of the answer, in nginx's order."""
    prepare(request)
    response = request.response
    leave_out_body(response)
    indexed = _STATUSES.get(response.status)
    block = [bytes((_INDEXED | indexed,)) if indexed else _plain(_STATUS, b"%03d" % response.status)]
    if response.own_server:
        block.append(_named(_SERVER, server_name(request)))
    if response.own_date:
        block.append(_named(_DATE, format_http_date(int(request.connection.now()))))
    content_type = response.written_content_type
    if content_type is not None:
        block.append(_named(_CONTENT_TYPE, content_type))
    if response.content_length is not None:
        block.append(_plain(_CONTENT_LENGTH, b"%d" % response.content_length))
    if response.last_modified is not None and response.last_modified_line is None:
        block.append(_named(_LAST_MODIFIED, format_http_date(response.last_modified)))
    location = response.location
    if location:
        if location.startswith(b"/") and request.location.of(HttpCoreLocation).absolute_redirect:
            location = response.location = absolute_location(request, location)
        block.append(_named(_LOCATION, location))
    if response.gzip_vary:
        block.append(_named(_VARY, b"Accept-Encoding"))
    block.append(lines(response.headers))
    return b"".join(block)
