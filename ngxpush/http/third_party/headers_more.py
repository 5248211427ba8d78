"""headers-more: what its directives do to the head of an answer and to the header lines of a request."""

from __future__ import annotations

from collections.abc import Callable

from ...config.configuration import Location
from ...config.directives.third_party.headers_more import HeaderChange, HeaderChanges, HeadersMoreLocation
from ...numbers import parse_decimal
from ..body_output import Output
from ..request import Request
from ..response import Response
from ..status import DECLINED, ERROR, OK
from ..variables.evaluation import evaluate

Lines = list[tuple[bytes, bytes]]


def changed(lines: Lines, change: HeaderChange, value: bytes, adds: bool) -> Lines:
    """The lines with the first one that is meant changed and the others removed. adds: if there is none, it is added.

    An empty value removes all of them.  The line keeps its name, unless it is one of those that nginx has a place for.
    """
    kept: Lines = []
    found = False
    for name, former in lines:
        if not change.fits(name):
            kept.append((name, former))
        elif value and not found:
            kept.append((change.name if change.key in _RENAMED else name, value))
            found = True
    return kept if found or not value or not adds else [*kept, (change.name, value)]


_RENAMED = frozenset(
    (
        *(b"server", b"date", b"content-encoding", b"content-range", b"content-length"),
        *(b"accept-ranges", b"last-modified", b"expires"),
    )
)


# -------------------------------------------------------------------------------------------------------------------- answers


def concerns(location: Location) -> bool:
    """Whether the location changes the head."""
    return bool(location.of(HeadersMoreLocation).changes)


def filter_header(request: Request, output: Output) -> int:
    """Change the head as the location wants it. ERROR, which closes the connection, for a length that is no number."""
    for changes in request.location.of(HeadersMoreLocation).changes:
        if not _is_meant(request.response, changes):
            continue
        for change in changes.changes:
            value = evaluate(request, change.value)
            if change.key == b"content-length" and value and parse_decimal(value) is None:
                return ERROR
            _change(request.response, change, value)
    return OK


def _is_meant(response: Response, changes: HeaderChanges) -> bool:
    if changes.statuses and response.status not in changes.statuses:
        return False
    return not changes.types or (response.content_type or b"").lower() in changes.types


def _change(response: Response, change: HeaderChange, value: bytes) -> None:
    if change.key == b"content-type":
        response.content_type = value.partition(b";")[0] or None
        response.charset = None
        response.content_type_line = value if b";" in value else None
        response.keeps_content_type = b";" in value
    elif change.key == b"location":
        _set_location(response, change, value)
    else:
        response.headers = changed(response.headers, change, value, adds=True)
        also = _ALSO.get(change.key)
        if also is not None:
            also(response, value)


def _set_location(response: Response, change: HeaderChange, value: bytes) -> None:
    """A path becomes an absolute URL when the head is made. Any other location is a line like others, where there is one."""
    in_list = any(change.fits(name) for name, _ in response.headers)
    is_line = not value.startswith(b"/") and (in_list or response.location is None)
    response.headers = changed(response.headers, change, value if is_line else b"", adds=True)
    response.location = None if is_line else value or None
    response.shown_location = None


def _line(response: Response, key: bytes) -> tuple[bytes, bytes]:
    """The line that has just been set; one that is nowhere, if it was removed: nginx's own is not sent either."""
    return next((line for line in response.headers if line[0].lower() == key), (key, b""))


def _server(response: Response, value: bytes) -> None:
    response.own_server = False


def _date(response: Response, value: bytes) -> None:
    response.own_date = False


def _content_length(response: Response, value: bytes) -> None:
    response.content_length = parse_decimal(value) if value else None
    response.content_length_line = _line(response, b"content-length") if value else None


def _last_modified(response: Response, value: bytes) -> None:
    """If-Range still looks at the time of the file."""
    response.last_modified_line = _line(response, b"last-modified")


def _accept_ranges(response: Response, value: bytes) -> None:
    if not value:
        response.allow_ranges = False


def _expires(response: Response, value: bytes) -> None:
    response.no_expires = not value


def _content_encoding(response: Response, value: bytes) -> None:
    response.content_encoding = value or None


_ALSO: dict[bytes, Callable[[Response, bytes], None]] = {
    b"server": _server,
    b"date": _date,
    b"content-length": _content_length,
    b"last-modified": _last_modified,
    b"accept-ranges": _accept_ranges,
    b"expires": _expires,
    b"content-encoding": _content_encoding,
}
"""What else than a line these headers are in an answer."""


# ------------------------------------------------------------------------------------------------------------------- requests


def changes_input(location: Location) -> bool:
    """Whether the location changes header lines of requests."""
    return bool(location.of(HeadersMoreLocation).input_changes)


def check_input(request: Request) -> int:
    """Change the header lines of the request: after the steps of its location."""
    for changes in request.location.of(HeadersMoreLocation).input_changes:
        headers = request.input.headers
        if changes.types and (headers.get(b"content-type") or b"").lower() not in changes.types:
            continue
        for change in changes.changes:
            value = evaluate(request, change.value)
            headers.replace(changed(headers.lines, change, value, adds=not changes.replaces))
            _use(request, change, value)
    return DECLINED


def _use(request: Request, change: HeaderChange, value: bytes) -> None:
    """What nginx has already read of the head."""
    if change.key == b"host":
        request.input.host = value.partition(b":")[0].lower() or None
    elif change.key == b"content-length":
        request.input.content_length = parse_decimal(value) if value else None
