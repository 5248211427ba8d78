"""The not_modified filter: conditional requests (RFC 9110, 13; directive if_modified_since). Recordings core-static/if-*."""

from __future__ import annotations

from ...config.directives.http.core import HttpCoreLocation
from ...dates import parse_http_date
from ..body_output import Output
from ..request import Request
from ..status import NOT_MODIFIED, OK, PRECONDITION_FAILED


def _weak(tag: bytes) -> bytes:
    return tag.removeprefix(b"W/")


def _matches(header: bytes, etag: bytes | None, weakly: bool) -> bool:
    """Whether a list of tags contains the answer's tag, or is `*`. Blanks are skipped, but not before the first tag."""
    if header == b"*":
        return True
    if etag is None:
        return False
    first, *others = [tag.rstrip(b" \t") for tag in header.split(b",")]
    tags = [first, *(tag.lstrip(b" \t") for tag in others)]
    return _weak(etag) in map(_weak, tags) if weakly else etag in tags


def _modified_since(request: Request, header: bytes) -> bool:
    how = request.location.of(HttpCoreLocation).if_modified_since
    last_modified = request.response.last_modified
    if last_modified is None or how == "off":
        return True
    date = parse_http_date(header)
    if date == last_modified:
        return False
    return how != "before" or date is None or date < last_modified


def _fail(request: Request) -> int:
    """nginx forgets all header lines, and closes the connection after the page."""
    response = request.response
    response.filter_finalized = True
    response.headers.clear()
    response.content_type_line = response.charset = response.content_encoding = response.location = None
    response.own_server = response.own_date = True
    return PRECONDITION_FAILED


_CONDITIONS = frozenset((b"if-modified-since", b"if-unmodified-since", b"if-match", b"if-none-match"))


def _refused(request: Request) -> bool:
    """Whether a condition that must hold does not."""
    response, headers = request.response, request.input.headers
    unmodified_since = headers.get(b"if-unmodified-since")
    if unmodified_since is not None:
        date = parse_http_date(unmodified_since)
        if date is None or response.last_modified is None or response.last_modified > date:
            return True
    if_match = headers.get(b"if-match")
    return if_match is not None and not _matches(if_match, response.etag, weakly=False)


def concerns(request: Request) -> bool:
    """Whether a condition of the client may change a 200."""
    headers = request.input.headers
    if not headers.has_any(_CONDITIONS):
        return False
    return not (request.response.only_none_match and headers.get(b"if-modified-since") is not None)


def filter_header(request: Request, output: Output) -> int:
    """Change a 200 to 304 or 412 if the client's conditions require it."""
    response = request.response
    if response.status != 200 or response.disable_not_modified or not request.input.headers.has_any(_CONDITIONS):
        return OK
    if not response.only_none_match and _refused(request):
        return _fail(request)
    headers = request.input.headers
    modified_since = headers.get(b"if-modified-since")
    none_match = headers.get(b"if-none-match")
    if modified_since is None and none_match is None:
        return OK
    if modified_since is not None and (response.only_none_match or _modified_since(request, modified_since)):
        return OK
    if none_match is not None and not _matches(none_match, response.etag, weakly=True):
        return OK
    response.status = NOT_MODIFIED
    response.status_line = None
    response.content_type = response.content_type_line = response.content_length = None
    response.allow_ranges = False
    if response.content_encoding is not None:
        response.content_encoding = None
        response.headers = [line for line in response.headers if line[0] != b"Content-Encoding"]
    return OK
