"""The addition filter: the answers of subrequests before and after an answer's body. Recordings: core_access_proxy, addition-*.

The body is held until the answer before it is whole, and the answer after it until the body is whole (`postpone`).
"""

from __future__ import annotations

from ...config.configuration import Location
from ...config.directives.filters.addition import AdditionLocation
from ..body_output import Output
from ..etag import weaken_etag
from ..request import Request
from ..status import OK
from ..subrequest import make_subrequest


class Addition:
    """Asks for the answers before and after the body that passes it."""

    __slots__ = ("_after", "_before", "_output")

    def __init__(self, output: Output, before: bytes, after: bytes) -> None:
        self._output = output
        self._before = before
        self._after = after

    def feed(self, data: bytes, flush: bool, last: bool) -> None:
        """Take a piece of the request's own body."""
        if self._before:
            self._ask(self._before)
            self._before = b""
        if not last or not self._after:
            self._output.include(data, flush, last)
            return
        if data:
            self._output.include(data, flush, last=False)
        self._ask(self._after)
        self._output.include(b"", flush, last)

    def _ask(self, uri: bytes) -> None:
        self._output.line().ask(make_subrequest(self._output.request, uri))


def concerns(location: Location) -> bool:
    """Whether the location adds answers."""
    settings = location.of(AdditionLocation)
    return bool(settings.add_before_body or settings.add_after_body)


def filter_header(request: Request, output: Output) -> int:
    """Add to answers with status 200 and one of the types. Their length is then unknown."""
    settings = request.location.of(AdditionLocation)
    if not settings.add_before_body and not settings.add_after_body:
        return OK
    response = request.response
    if response.status != 200:
        return OK
    if not response.has_type(settings.addition_types):
        return OK
    output.addition = Addition(output, settings.add_before_body, settings.add_after_body)
    response.content_length = None
    response.clear_accept_ranges()
    weaken_etag(request)
    return OK
