"""Variables that tell of the answer and of time."""

from __future__ import annotations

import time
from collections.abc import Callable

from ..config.directives.http.core import HttpCoreLocation
from ..dates import format_http_date
from .request import HTTP_10, Request
from .variables import Getter

_MONTHS = (b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec")


def response_header(name: bytes) -> Callable[[Request], bytes | None]:
    """$sent_http_NAME: the first line of that name among those added so far; Cache-Control and Link lines are joined."""

    def get(request: Request) -> bytes | None:
        for key, value in request.response.headers:
            if key.lower().replace(b"-", b"_") == name:
                return value
        return None

    return get


def _joined(name: bytes) -> Callable[[Request], bytes | None]:
    def get(request: Request) -> bytes | None:
        values = [value for key, value in request.response.headers if key.lower() == name]
        return b", ".join(values) if values else None

    return get


def _content_length(request: Request) -> bytes | None:
    length = request.response.content_length
    return None if length is None else b"%d" % length


def _location(request: Request) -> bytes | None:
    return request.response.location or response_header(b"location")(request)


def _last_modified(request: Request) -> bytes | None:
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
    output = request.output
    return b"chunked" if output is not None and output.chunked is not None else None


def _status(request: Request) -> bytes:
    if request.error_status:
        return b"%03d" % request.error_status
    if request.response.status:
        return b"%03d" % request.response.status
    return b"009" if request.http_version < HTTP_10 else b"000"


def _zone(at: time.struct_time) -> tuple[bytes, int, int]:
    minutes = (at.tm_gmtoff or 0) // 60
    sign = b"-" if minutes < 0 else b"+"
    return sign, *divmod(abs(minutes), 60)


def time_local(seconds: float) -> bytes:
    """The common log format's time: `24/Nov/2026:09:00:04 +0000`."""
    at = time.localtime(seconds)
    stamp = (at.tm_mday, _MONTHS[at.tm_mon - 1], at.tm_year, at.tm_hour, at.tm_min, at.tm_sec)
    return b"%02d/%b/%d:%02d:%02d:%02d " % stamp + b"%b%02d%02d" % _zone(at)


def time_iso8601(seconds: float) -> bytes:
    """`2026-11-24T09:00:04+00:00`."""
    at = time.localtime(seconds)
    return b"%04d-%02d-%02dT%02d:%02d:%02d" % at[:6] + b"%b%02d:%02d" % _zone(at)


def _date(at: time.struct_time, zone: str) -> bytes:
    return f"{time.strftime('%A, %d-%b-%Y %H:%M:%S', at)} {zone}".encode()


def _date_local(request: Request) -> bytes:
    at = time.localtime(request.now)
    return _date(at, at.tm_zone)


RESPONSE_VARIABLES: dict[bytes, Getter] = {
    b"status": (_status, False),
    b"bytes_sent": (lambda request: b"%d" % request.main.bytes_sent, False),
    b"body_bytes_sent": (lambda request: b"%d" % max(0, request.main.bytes_sent - request.header_size), False),
    b"request_completion": (lambda request: b"OK" if request.complete and request.parent is None else b"", True),
    b"request_time": (lambda request: b"%.3f" % max(0.0, request.now - request.started), False),
    b"msec": (lambda request: b"%.3f" % request.now, False),
    b"time_local": (lambda request: time_local(request.now), False),
    b"time_iso8601": (lambda request: time_iso8601(request.now), False),
    b"date_local": (_date_local, False),
    b"date_gmt": (lambda request: _date(time.gmtime(request.now), "GMT"), False),
    b"sent_http_content_type": (lambda request: request.response.content_type, True),
    b"sent_http_content_length": (_content_length, True),
    b"sent_http_location": (_location, True),
    b"sent_http_last_modified": (_last_modified, True),
    b"sent_http_connection": (_connection, True),
    b"sent_http_keep_alive": (_keep_alive, True),
    b"sent_http_transfer_encoding": (_transfer_encoding, True),
    b"sent_http_cache_control": (_joined(b"cache-control"), True),
    b"sent_http_link": (_joined(b"link"), True),
}
