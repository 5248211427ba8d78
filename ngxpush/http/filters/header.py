"""The header filter: the head of the answer as bytes, its lines in nginx's order.

Status line, Server, Date, Content-Type, Content-Length, Last-Modified, Location, Transfer-Encoding, Connection, Keep-Alive,
Vary, then the lines that modules and directives have added, in the order they were added.
"""

from __future__ import annotations

from functools import lru_cache

from ...config.configuration import Location
from ...config.directives.http.core import HttpCoreLocation
from ...dates import format_http_date
from ..request import Request
from ..request_input import HTTP_10
from ..response import Response
from ..status import NO_CONTENT, NOT_MODIFIED, PARTIAL_CONTENT

SWITCHING_PROTOCOLS = 101

REASONS: dict[int, bytes] = {
    200: b"OK",
    201: b"Created",
    202: b"Accepted",
    204: b"No Content",
    206: b"Partial Content",
    301: b"Moved Permanently",
    302: b"Moved Temporarily",
    303: b"See Other",
    304: b"Not Modified",
    307: b"Temporary Redirect",
    308: b"Permanent Redirect",
    400: b"Bad Request",
    401: b"Unauthorized",
    402: b"Payment Required",
    403: b"Forbidden",
    404: b"Not Found",
    405: b"Not Allowed",
    406: b"Not Acceptable",
    408: b"Request Time-out",
    409: b"Conflict",
    410: b"Gone",
    411: b"Length Required",
    412: b"Precondition Failed",
    413: b"Request Entity Too Large",
    414: b"Request-URI Too Large",
    415: b"Unsupported Media Type",
    416: b"Requested Range Not Satisfiable",
    421: b"Misdirected Request",
    429: b"Too Many Requests",
    500: b"Internal Server Error",
    501: b"Not Implemented",
    502: b"Bad Gateway",
    503: b"Service Temporarily Unavailable",
    504: b"Gateway Time-out",
    505: b"HTTP Version Not Supported",
    507: b"Insufficient Storage",
}

_WITHOUT_BODY = (NO_CONTENT, NOT_MODIFIED)
_STATUS_LINES = {status: b"HTTP/1.1 %d %b\r\n" % (status, reason) for status, reason in REASONS.items()}


def server_name(request: Request) -> bytes:
    """The server's name, in the Server line and on its own pages."""
    if request.location.of(HttpCoreLocation).server_tokens != "off":
        return b"nginx/" + request.connection.nginx_version
    return b"nginx"


def absolute_location(request: Request, path: bytes) -> bytes:
    """A path as an absolute URL of this server, for a redirect."""
    settings = request.location.of(HttpCoreLocation)
    if settings.server_name_in_redirect:
        host = request.server.name
    else:
        host = request.input.host or request.connection.server_addr
    port = request.connection.server_port
    scheme, usual = (b"http", 80) if request.connection.tls is None else (b"https", 443)
    if settings.port_in_redirect and port not in (0, usual):
        return b"%b://%b:%d%b" % (scheme, host, port, path)
    return b"%b://%b%b" % (scheme, host, path)


def _lines_of(request: Request) -> tuple[bytes, bytes]:
    """The lines that each answer of the request's location has: Server, and Connection where it stays open."""
    made = request.http.head_lines
    location: Location = request.location
    lines: tuple[bytes, bytes] | None = made.get(location)
    if lines is None:
        _, timeout = location.of(HttpCoreLocation).keepalive_timeout
        kept = b"Connection: keep-alive\r\n" + (b"Keep-Alive: timeout=%d\r\n" % timeout if timeout else b"")
        lines = made[location] = b"Server: %b\r\n" % server_name(request), kept
    return lines


@lru_cache(maxsize=4)
def _date_line(now: int) -> bytes:
    return b"Date: %b\r\n" % format_http_date(now)


def _connection_line(status: int) -> bytes:
    """The line where the connection speaks HTTP no more, or is closed."""
    return b"Connection: upgrade\r\n" if status == SWITCHING_PROTOCOLS else b"Connection: close\r\n"


def prepare(request: Request) -> None:
    """Adapt the answer to its status and to the method."""
    response = request.response
    if request.method == b"HEAD":
        response.header_only = True
    if response.last_modified is not None and response.status not in (200, PARTIAL_CONTENT, NOT_MODIFIED):
        response.last_modified = response.last_modified_line = None
    line = response.content_length_line
    if line is not None and line[1] != b"%d" % (-1 if response.content_length is None else response.content_length):
        response.headers.remove(line)
        response.content_length_line = None
    if response.status in _WITHOUT_BODY and response.status_line is None:  # else it is an upstream's answer
        leave_out_body(response)


def leave_out_body(response: Response) -> None:
    """Some answers have none."""
    if response.status == NO_CONTENT:
        response.header_only = True
        response.content_type = response.content_length = response.last_modified = response.last_modified_line = None
    elif response.status == NOT_MODIFIED:
        response.header_only = True


def _add_content_lines(response: Response, lines: list[bytes]) -> None:
    """Add the lines about the body."""
    content_type = response.written_content_type
    if content_type is not None:
        lines.append(b"Content-Type: %b\r\n" % content_type)
    if response.content_length is not None and response.content_length_line is None:
        lines.append(b"Content-Length: %d\r\n" % response.content_length)
    if response.last_modified is not None and response.last_modified_line is None:
        lines.append(b"Last-Modified: %b\r\n" % format_http_date(response.last_modified))


def assemble(request: Request, is_chunked: bool) -> bytes:
    """The whole head with its empty line; empty for HTTP/0.9."""
    if request.input.http_version < HTTP_10:
        return b""
    prepare(request)
    response = request.response
    server, kept = _lines_of(request)
    if response.status_line is not None:
        lines = [b"HTTP/1.1 %b\r\n" % response.status_line]
    else:
        lines = [_STATUS_LINES.get(response.status) or b"HTTP/1.1 %03d \r\n" % response.status]
    if response.own_server:
        lines.append(server)
    if response.own_date:
        lines.append(_date_line(int(request.connection.now())))
    _add_content_lines(response, lines)
    location = response.location
    if location is not None and location.startswith(b"/") and request.location.of(HttpCoreLocation).absolute_redirect:
        # It stays so, for the log.
        response.location = absolute_location(request, location)
        lines.append(b"Location: %b\r\n" % response.location)
        location = None
    if is_chunked:
        lines.append(b"Transfer-Encoding: chunked\r\n")
    lines.append(kept if request.keepalive and response.status != SWITCHING_PROTOCOLS else _connection_line(response.status))
    if response.gzip_vary:
        lines.append(b"Vary: Accept-Encoding\r\n")
    if location is not None:
        lines.append(b"Location: %b\r\n" % location)
    if response.headers:
        lines += [b"%b: %b\r\n" % line for line in response.headers]
    lines.append(b"\r\n")
    return b"".join(lines)
