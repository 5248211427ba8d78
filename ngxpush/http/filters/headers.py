"""The headers filter: add_header, expires and add_trailer."""

from __future__ import annotations

from typing import ClassVar

from ...config.configuration import Location
from ...config.directives.filters.headers import HeadersLocation
from ...config.headers import Expires, ExpiresKind, InvalidExpires, parse_expires
from ...dates import format_http_date, parse_http_date, seconds_of_day
from ..body_output import Output
from ..request import Request
from ..response import Response
from ..status import OK
from ..variables.evaluation import evaluate

# Other statuses get only the lines marked `always`.
_STATUSES = frozenset((200, 201, 204, 206, 301, 302, 303, 304, 307, 308))

_EPOCH = (b"Thu, 01 Jan 1970 00:00:01 GMT", b"no-cache")
_MAX = (b"Thu, 31 Dec 2037 23:55:55 GMT", b"max-age=315360000")
_DAY = 86400

Lines = list[tuple[bytes, bytes]]


def _put(lines: Lines, name: bytes, value: bytes) -> Lines:
    """The lines with exactly one of this name: in place of the first one there is, otherwise at the end."""
    key = name.lower()
    kept: Lines = []
    found = False
    for line in lines:
        if line[0].lower() != key:
            kept.append(line)
        elif not found:
            found = True
            kept.append((name, value))
    if not found:
        kept.append((name, value))
    return kept


def _without(lines: Lines, name: bytes) -> Lines:
    return [line for line in lines if line[0].lower() != name]


def _expires_values(request: Request, expires: Expires) -> tuple[bytes, bytes]:
    """The values of Expires and Cache-Control."""
    if expires.kind is ExpiresKind.EPOCH:
        return _EPOCH
    if expires.kind is ExpiresKind.MAX:
        return _MAX
    now, last_modified = int(request.connection.now()), request.response.last_modified
    if expires.kind is ExpiresKind.DAILY:
        at = now + (expires.seconds - seconds_of_day(now)) % _DAY
        at = at if at > now else at + _DAY
    elif expires.kind is ExpiresKind.MODIFIED and last_modified is not None and expires.seconds:  # none at all means now
        at = last_modified + expires.seconds
    else:
        at = now + expires.seconds
    age = at - now
    return format_http_date(at), b"no-cache" if age < 0 else b"max-age=%d" % age


def _expires(request: Request) -> Expires | None:
    """The setting for this request; None without one, or if one with variables has no valid value."""
    setting = request.location.of(HeadersLocation).expires
    if setting is None or isinstance(setting, Expires):
        return setting
    try:
        return parse_expires(evaluate(request, setting.value), setting.modified)
    except InvalidExpires:
        return None


def _set_expires(request: Request) -> None:
    expires = _expires(request)
    if expires is None or expires.kind is ExpiresKind.OFF:
        return
    date, control = _expires_values(request, expires)
    lines = request.response.headers
    # Of two Expires lines of an upstream nginx knows only the last one. Names stay as they are written.
    known = [place for place, line in enumerate(lines) if line[0].lower() == b"expires"]
    if known:
        lines[known[-1]] = lines[known[-1]][0], date
    elif not request.response.no_expires:
        lines.append((b"Expires", date))
    control_name = next((name for name, _ in lines if name.lower() == b"cache-control"), b"Cache-Control")
    request.response.headers = _put(lines, control_name, control)


def _add(request: Request, name: bytes, value: bytes) -> None:
    """Apply one add_header. Last-Modified and ETag replace nginx's own lines; an empty value removes them."""
    response = request.response
    key = name.lower()
    if key == b"last-modified":
        _replace_last_modified(response, name, value)
        return
    if key == b"etag":
        if value:
            response.headers = _put(response.headers, name, value)
        else:
            response.headers = _without(response.headers, key)
        return
    if value:
        response.headers.append((name, value))


def _replace_last_modified(response: Response, name: bytes, value: bytes) -> None:
    """The new line stands where the upstream's stood. Its time is the one that If-Range looks at."""
    former, line = response.last_modified_line, (name, value)
    if value and former is not None:
        response.headers = [line if other is former else other for other in response.headers]
    else:
        response.clear_last_modified()
        response.headers += [line] if value else []
    response.last_modified, response.last_modified_line = parse_http_date(value), line if value else None


def concerns(location: Location) -> bool:
    """Whether the location adds header lines."""
    settings = location.of(HeadersLocation)
    return settings.expires is not None or bool(settings.add_header or settings.add_trailer)


def filter_header(request: Request, output: Output) -> int:
    """Apply the location's expires and add_header, and note whether trailers will follow."""
    settings = request.location.of(HeadersLocation)
    usual = request.response.status in _STATUSES
    if usual:
        _set_expires(request)
    for added in settings.add_header:
        if usual or added.always:
            _add(request, added.name, evaluate(request, added.value))
    if any(usual or trailer.always for trailer in settings.add_trailer):
        request.response.expect_trailers = True
        output.encoders.append(Trailers(request))
    return OK


class Trailers:
    """The body filter that makes the trailers when the body ends, also where they can't be sent: the log shows them."""

    __slots__ = ("_request",)

    takes_empty: ClassVar[bool] = False

    def __init__(self, request: Request) -> None:
        self._request = request

    def feed(self, data: bytes, flush: bool, last: bool) -> bytes:
        """Pass a piece. Each trailer can use those before it."""
        request, response = self._request, self._request.response
        for trailer in request.location.of(HeadersLocation).add_trailer if last else ():
            if trailer.always or response.status in _STATUSES:
                value = evaluate(request, trailer.value)
                if value:
                    response.trailers += ((trailer.name, value),)
        return data
