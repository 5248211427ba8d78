"""The way of an answer from the content handler to the connection: header filters, then body filters.

Everything here is synchronous: bytes in, bytes out, `carrier.write` at the end.  The filters stand in `filters`, one file per
nginx filter; their order is nginx's.
"""

from __future__ import annotations

from ..config.complex_value import ComplexValue
from ..config.directives.http_core import DEFAULT_TYPES
from ..config.values import parse_size
from . import uri
from .body_output import Output
from .filters import addition, charset, chunked, gzip, header, headers, not_modified, ranges, sub
from .limit_rate import Rate
from .request import Request
from .status import OK, REDIRECTS, SPECIAL_RESPONSE
from .variables.evaluation import evaluate

_HEADER_FILTERS = (
    not_modified.filter_header,
    headers.filter_header,
    addition.filter_header,
    sub.filter_header,
    charset.filter_header,
    gzip.filter_header,
    ranges.filter_header,
    chunked.filter_header,
)


def set_content_type(request: Request) -> None:
    """The type of what `request.uri` names, by `types` and `default_type`; a type that is set already stays."""
    response = request.response
    if response.content_type is None:
        settings = request.location.http_core
        types = DEFAULT_TYPES if settings.types is None else settings.types
        response.content_type = types.get(uri.extension(request.uri).lower(), settings.default_type)


def send_header(request: Request) -> int:
    """Make the head of the answer. OK, or a status (412, 416) to be answered instead: then nothing was sent.

    The head leaves at once if postpone_output's measure is full with it (or 0), else with the first piece of the body that is
    flushed, is the last, or fills it.
    That of a subrequest is not sent; of the filters only sub_filter works on its body.
    """
    response = request.response
    if response.sent:
        return OK
    if response.error_status:
        response.status = response.error_status
        response.status_line = None
    output = Output(request)
    if request.parent is None:
        for header_filter in _HEADER_FILTERS:
            status = header_filter(request, output)
            if status != OK:
                return status
        head = header.assemble(request, output.chunked is not None)
        response.header_size = len(head)
        _pace(request)
        output.send(head, flush=False)
    else:
        sub.filter_header(request, output)
    response.sent = True
    response.output = output
    return OK


def _pace(request: Request) -> None:
    """Pace an answer that begins, where its location or `set $limit_rate` asks for it."""
    settings = request.location.http_core
    if request.response.limit_rate is None:
        request.response.limit_rate = _size(request, settings.limit_rate)
    if request.response.limit_rate:
        free = _size(request, settings.limit_rate_after)
        request.carrier.pace(Rate(request.response.limit_rate, free, request.started))


def _size(request: Request, value: ComplexValue | None) -> int:
    """A size with variables; one that can't be read counts as 0."""
    return 0 if value is None else parse_size(evaluate(request, value)) or 0


def send_body(request: Request, data: bytes, flush: bool = False, last: bool = False) -> None:
    """Send a piece of the body, after `send_header`."""
    assert request.response.output is not None
    request.response.output.write(data, flush, last)


def send_response(request: Request, status: int, body: bytes | ComplexValue, content_type: bytes | None = None) -> int:
    """Answer with a status and a text that is at hand (`return 200 text`), skipping the request's body.

    content_type: None leaves it to `types` and `default_type`.  For a redirect the text is its Location.  Returns OK, or the
    status to finalize the request with.
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
    if refused >= SPECIAL_RESPONSE:
        return refused
    send_body(request, text, last=True)
    return OK
