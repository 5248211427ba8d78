"""The way of an answer from the content handler to the connection: header filters, then body filters.

Everything here is synchronous: bytes in, bytes out, `carrier.write` at the end.  The filters stand in `filters`, one file per
nginx filter; their order is nginx's.
"""

from __future__ import annotations

from collections.abc import Callable

from ..config.complex_value import ComplexValue
from ..config.configuration import Location
from ..config.directives.http.core import DEFAULT_TYPES, HttpCoreLocation
from ..config.values import parse_size
from . import uri
from .body_output import Output
from .filters import addition, charset, chunked, gunzip, gzip, header, headers, not_modified, ranges, slices, ssi, sub, userid
from .limit_rate import Rate
from .request import Request
from .status import OK, REDIRECTS
from .third_party import echo_texts, headers_more
from .variables.evaluation import evaluate

HeaderFilter = Callable[[Request, Output], int]


def _always(location: Location) -> bool:
    """For a filter whose work depends on the request."""
    return True


# Each with whether it concerns answers of a location. Others are not asked.
_HEADER_FILTERS: tuple[tuple[HeaderFilter, Callable[[Location], bool]], ...] = (
    (slices.filter_header, _always),
    (not_modified.filter_header, _always),
    (echo_texts.filter_header, echo_texts.concerns),
    (headers_more.filter_header, headers_more.concerns),
    (headers.filter_header, headers.concerns),
    (userid.filter_header, userid.concerns),
    (gunzip.filter_header, gunzip.concerns),
    (addition.filter_header, addition.concerns),
    (sub.filter_header, sub.concerns),
    (charset.filter_header, _always),
    (ssi.filter_header, ssi.concerns),
    (gzip.filter_header, gzip.concerns),
    (ranges.filter_header, _always),
    (chunked.filter_header, _always),
)

# Those that work on the answer of a subrequest, too.
_SUBREQUEST_FILTERS = (slices.filter_header, gunzip.filter_header, sub.filter_header, charset.filter_header, ssi.filter_header)


def set_content_type(request: Request) -> None:
    """Set the type of the file that `request.uri` names, by `types` and `default_type`. A type that is set already stays."""
    response = request.response
    if response.content_type is None:
        settings = request.location.of(HttpCoreLocation)
        types = DEFAULT_TYPES if settings.types is None else settings.types
        response.content_type = types.get(uri.extension(request.uri).lower(), settings.default_type)


def send_header(request: Request) -> int:
    """Make the head of the answer. Returns OK, or a status (412, 416) to answer with instead; then nothing was sent.

    The head is sent at once if no body is to follow, or if it has postpone_output bytes or more. Otherwise it is sent with the
    first piece of the body that is flushed, is the last one, or reaches that size.
    The head of a subrequest is not sent.
    """
    response = request.response
    if response.sent:
        return OK
    if response.error_status:
        response.status = response.error_status
        response.status_line = None
    output = Output(request)
    for header_filter in header_filters(request) if request.parent is None else _SUBREQUEST_FILTERS:
        status = header_filter(request, output)
        if status != OK:
            return status
    if request.parent is None:
        if output.slices is not None:
            output.slices.begin()
        if request.framing is not None:
            pace(request)
            request.framing.send_head()
        else:
            head = header.assemble(request, response.chunked)
            response.header_size = len(head)
            pace(request)
            output.send(head, flush=response.header_only)
    response.sent = True
    response.output = output
    return OK


def header_filters(request: Request) -> tuple[HeaderFilter, ...]:
    """The filters that concern answers of the request's location, found out once."""
    location, known = request.location, request.http.header_filters
    found: tuple[HeaderFilter, ...] | None = known.get(location)
    if found is None:
        wanted = [header_filter for header_filter, concerns in _HEADER_FILTERS if concerns(location)]
        if request.http.redirects is not None:
            wanted.append(request.http.redirects.filter_header)
        found = known[location] = tuple(wanted)
    return found


def pace(request: Request) -> None:
    """Limit the rate of an answer that begins, if its location or `set $limit_rate` asks for it."""
    settings = request.location.of(HttpCoreLocation)
    if request.response.limit_rate is None:
        request.response.limit_rate = 0 if settings.limit_rate is None else _size(request, settings.limit_rate)
    if request.response.limit_rate:
        free = _size(request, settings.limit_rate_after)
        head = request.response.header_size if request.response.rate_stalls else None
        request.carrier.pace(Rate(request.response.limit_rate, free, request.started, head))


def _size(request: Request, value: ComplexValue | None) -> int:
    """Evaluate a size with variables. One that can't be parsed is logged, and counts as 0."""
    if value is None:
        return 0
    text = evaluate(request, value)
    size = parse_size(text)
    if size is None:
        request.connection.log("error", b'invalid size "%b"' % text, request)
    return size or 0


def send_body(request: Request, data: bytes, flush: bool = False, last: bool = False) -> None:
    """Send a piece of the body, after `send_header`."""
    assert request.response.output is not None
    request.response.output.write(data, flush, last)


def send_response(request: Request, status: int, body: bytes | ComplexValue, content_type: bytes | None = None) -> int:
    """Answer with a status and a given text (`return 200 text`), and skip the request's body.

    body: the text; for a redirect its Location.  content_type: None for the one by `types` and `default_type`.  Returns OK, or
    the status to finalize the request with.
    """
    broken = request.carrier.discard_body(request)
    if broken != OK:
        return broken
    response = request.response
    response.status = status
    text = body if isinstance(body, bytes) else evaluate(request, body)
    if status in REDIRECTS:
        response.location = text
        return status
    if content_type is not None:
        response.content_type = content_type
    else:
        set_content_type(request)
    response.content_length = len(text)
    refused = send_header(request)
    if refused == OK and (text or request.parent is None):
        send_body(request, text, last=True)
    return refused
