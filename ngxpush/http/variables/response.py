"""Variables of the answer."""

from __future__ import annotations

from collections.abc import Callable

from ...config.directives.http.core import HttpCoreLocation
from ...dates import format_http_date
from ..request import Request
from ..request_input import HTTP_10
from .evaluation import Getter


def response_header(name: bytes) -> Callable[[Request], bytes | None]:
    """$sent_http_NAME: the first line of that name among those added so far; Cache-Control and Link lines are joined."""

    def get(request: Request) -> bytes | None:
        for key, value in request.response.headers:
            if key.lower().replace(b"-", b"_") == name:
                return value
        return None

    return get


def response_trailer(name: bytes) -> Callable[[Request], bytes | None]:
    """$sent_trailer_NAME: the first of the lines after the body with that name, among those made so far."""

    def get(request: Request) -> bytes | None:
        for key, value in request.response.trailers:
            if key.lower().replace(b"-", b"_") == name:
                return value
        return None

    return get


def _joined(name: bytes) -> Callable[[Request], bytes | None]:
    def get(request: Request) -> bytes | None:
        values = [value for key, value in request.response.headers if key.lower() == name]
        return b", ".join(values) if values else None

    return get


def _content_type(request: Request) -> bytes | None:
    """The type as an upstream has written it; of others with the charset, once the head is made."""
    response = request.response
    if response.content_type_line is not None:
        return response.content_type_line or None
    if response.content_type and response.charset and response.header_size:
        return b"%b; charset=%b" % (response.content_type, response.charset)
    return response.content_type or None


def _content_length(request: Request) -> bytes | None:
    length = request.response.content_length
    return None if length is None else b"%d" % length


def _location(request: Request) -> bytes | None:
    response = request.response
    if response.location is not None:
        return response.location
    return response_header(b"location")(request) if response.shown_location is None else response.shown_location


def _last_modified(request: Request) -> bytes | None:
    if request.response.last_modified_line is not None:
        return request.response.last_modified_line[1]
    modified = request.response.last_modified
    return None if modified is None else format_http_date(modified)


def _connection(request: Request) -> bytes:
    if request.response.status == 101:
        return b"upgrade"
    return b"keep-alive" if request.keepalive else b"close"


def _keep_alive(request: Request) -> bytes | None:
    seconds = request.location.of(HttpCoreLocation).keepalive_timeout[1]
    return b"timeout=%d" % seconds if request.keepalive and seconds else None


def _transfer_encoding(request: Request) -> bytes | None:
    return b"chunked" if request.response.chunked else None


def logged_status(request: Request) -> bytes:
    """$status: three digits; 000 without a status, 009 for HTTP/0.9."""
    if request.response.error_status:
        return b"%03d" % request.response.error_status
    if request.response.status:
        return b"%03d" % request.response.status
    return b"009" if request.input.http_version < HTTP_10 else b"000"


def _request_completion(request: Request) -> bytes:
    """`OK` once the whole answer is sent. An answer that a filter has replaced (412) ends as if it were broken off."""
    response = request.response
    return b"OK" if response.complete and not response.filter_finalized and request.parent is None else b""


VARIABLES: dict[bytes, Getter] = {
    b"status": (logged_status, False),
    b"bytes_sent": (lambda request: b"%d" % request.main.response.bytes_sent, False),
    b"body_bytes_sent": (lambda request: b"%d" % max(0, request.main.response.bytes_sent - request.response.header_size), False),
    b"request_completion": (_request_completion, True),
    b"sent_http_content_type": (_content_type, True),
    b"sent_http_content_length": (_content_length, True),
    b"sent_http_location": (_location, True),
    b"sent_http_last_modified": (_last_modified, True),
    b"sent_http_connection": (_connection, True),
    b"sent_http_keep_alive": (_keep_alive, True),
    b"sent_http_transfer_encoding": (_transfer_encoding, True),
    b"sent_http_cache_control": (_joined(b"cache-control"), True),
    b"sent_http_link": (_joined(b"link"), True),
}
