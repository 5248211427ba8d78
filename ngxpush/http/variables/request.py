"""Variables of the request."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable

from ...config.directives.http.core import HttpCoreLocation, HttpCoreServer
from ..documents import document_root, map_uri_to_path, realpath_root
from ..request import Request
from .evaluation import Getter


def request_header(name: bytes) -> Callable[[Request], bytes | None]:
    """$http_NAME, with `_` for `-`: the first header line of that name. The lines of a few headers are joined."""
    separator = {b"cookie": b"; ", b"x_forwarded_for": b", "}.get(name)

    def get(request: Request) -> bytes | None:
        values = [value for key, value in request.input.headers.lines if key.lower().replace(b"-", b"_") == name]
        if not values:
            return None
        return values[0] if separator is None else separator.join(values)

    return get


def argument_pattern(name: bytes) -> re.Pattern[bytes]:
    """Finds the first argument of that name, in any letter case. Its group 1 is the value, not decoded."""
    return re.compile(rb"(?:^|&)" + re.escape(name) + rb"=([^&]*)", re.IGNORECASE)


def argument(name: bytes) -> Callable[[Request], bytes | None]:
    """$arg_NAME: the first argument of that name, in any letter case, not decoded. A name without `=` is ignored."""
    search = argument_pattern(name).search

    def get(request: Request) -> bytes | None:
        if not request.args:
            return None
        found = search(request.args)
        return found[1] if found else None

    return get


def cookie(name: bytes) -> Callable[[Request], bytes | None]:
    """$cookie_NAME: the first cookie of that name, in any letter case, up to the next semicolon."""

    def get(request: Request) -> bytes | None:
        for line in request.input.headers.get_all(b"cookie"):
            value = find_cookie(line, name)
            if value is not None:
                return value
        return None

    return get


def find_cookie(line: bytes, name: bytes) -> bytes | None:
    """The value of a cookie in a Cookie line. name: in lower case."""
    position = 0
    while position < len(line):
        if line[position : position + len(name)].lower() == name:
            position = _skip_spaces(line, position + len(name))
            position += 1
            if line[position - 1 : position] == b"=":
                return line[_skip_spaces(line, position) :].partition(b";")[0]
        # A cookie ends at a semicolon or a comma.
        while position < len(line) and line[position] not in b";,":
            position += 1
        position = _skip_spaces(line, position + 1)
    return None


def _skip_spaces(line: bytes, position: int) -> int:
    while line[position : position + 1] == b" ":
        position += 1
    return position


def _args(request: Request) -> bytes | None:
    return request.args if request.args or request.progress.own_args else None


def _content_length(request: Request) -> bytes | None:
    length = request.input.headers.get(b"content-length")
    if length is None and request.input.content_length is not None:
        return b"%d" % request.input.content_length
    return length


def remote_user(request: Request) -> bytes | None:
    """$remote_user: the name in a Basic Authorization header, even if the location asks for none."""
    credentials = basic_credentials(request)
    return credentials and credentials[0]


def basic_credentials(request: Request) -> tuple[bytes, bytes] | None:
    """Name and password of a Basic Authorization header; None without a usable one. What follows the first `=` does not count."""
    value = request.input.headers.get(b"authorization")
    if value is None or value[:6].lower() != b"basic ":
        return None
    encoded = value[6:].lstrip(b" ").partition(b"=")[0]
    try:
        decoded = base64.b64decode(encoded + b"=" * (-len(encoded) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
    name, colon, password = decoded.partition(b":")
    return (name, password) if name and colon else None


def _uri(request: Request) -> bytes | None:
    """The URI. Where the request line was refused there is none; b"" where only its target was."""
    return request.uri or (b"" if request.input.request_length else None)


def _request_method(request: Request) -> bytes | None:
    """The method. A HEAD in a request line that was refused is known to the answer only."""
    main = request.main
    return None if not main.method or (main.method == b"HEAD" and not main.input.request_length) else main.method


def _request_body(request: Request) -> bytes | None:
    """The body once it is read; None without one, or if it is in a file, where nginx puts what is larger than its buffers.

    A body that was skipped was not read.
    """
    if request.input.body_file is not None or request.input.body_skipped:
        return None
    if not request.input.chunked and request.input.content_length is None:
        return request.input.body or None
    with_head = request.input.request_length <= request.server.of(HttpCoreServer).client_header_buffer_size
    room = request.location.of(HttpCoreLocation).client_body_buffer_size * 5 // 4
    return request.input.body if with_head or len(request.input.body or b"") <= room else None


def _request_body_file(request: Request) -> bytes | None:
    """The temporary file with the body; None if it is not in one."""
    file = request.input.body_file
    return None if file is None else bytes(file.name)


def _request_line(request: Request) -> bytes | None:
    """The line; on HTTP/2 the one that HTTP/1 would have, None if the head was refused before it was known."""
    return request.input.request_line or (b"" if request.main.framing is None else None)


def _http2(request: Request) -> bytes:
    if request.main.framing is None:
        return b""
    return b"h2c" if request.connection.tls is None else b"h2"


VARIABLES: dict[bytes, Getter] = {
    b"args": (_args, False),
    b"query_string": (_args, False),
    b"is_args": (lambda request: b"?" if request.args else b"", False),
    b"uri": (_uri, False),
    b"document_uri": (_uri, False),
    b"request_uri": (lambda request: request.input.unparsed_uri or None, True),
    b"request": (_request_line, True),
    b"request_method": (_request_method, False),
    b"request_length": (lambda request: b"%d" % request.input.request_length, False),
    b"request_body": (_request_body, True),
    b"request_body_file": (_request_body_file, True),
    b"request_id": (lambda request: request.connection.process.random(16).hex().encode(), True),
    b"server_protocol": (lambda request: request.input.protocol, True),
    b"scheme": (lambda request: b"http" if request.connection.tls is None else b"https", True),
    b"https": (lambda request: b"" if request.connection.tls is None else b"on", True),
    b"http2": (_http2, True),
    b"host": (lambda request: request.input.host or request.server.name, True),
    b"server_name": (lambda request: request.server.name, True),
    b"remote_user": (remote_user, True),
    b"content_length": (_content_length, False),
    b"content_type": (lambda request: request.input.headers.get(b"content-type"), True),
    b"document_root": (document_root, False),
    b"realpath_root": (realpath_root, False),
    b"request_filename": (map_uri_to_path, False),
    b"pipe": (lambda request: b"p" if request.input.pipelined else b".", False),
    b"limit_rate": (lambda request: b"%d" % (request.response.limit_rate or 0), False),
}
