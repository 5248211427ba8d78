"""The addition filter: the answers of subrequests before and after an answer's body. Recordings: core_access_proxy, addition-*.

The body is held until the answer before it is whole, and the answer after it until the body is whole.
"""

from __future__ import annotations

from collections import deque
from functools import partial

from ...config.directives.filters.addition import AdditionLocation
from ..body_output import Output
from ..etag import weaken_etag
from ..request import Request
from ..status import OK
from ..subrequest import make_subrequest


class _Turn:
    """A part of the answer with a place in the order: a subrequest's body, or a part of the request's own."""

    __slots__ = ("data", "flush", "last", "over")

    def __init__(self, over: bool) -> None:
        self.data = b""
        self.flush = False
        self.last = False
        self.over = over


class Addition:
    """Sends the bodies in their order. The pieces of the first one are sent as they come; the others are kept."""

    __slots__ = ("_after", "_before", "_line", "_output")

    def __init__(self, output: Output, before: bytes, after: bytes) -> None:
        self._output = output
        self._before = before
        self._after = after
        self._line: deque[_Turn] = deque()

    def feed(self, data: bytes, flush: bool, last: bool) -> None:
        """Take a piece of the request's own body."""
        if self._before:
            self._ask(self._before)
            self._before = b""
        if not last or not self._after:
            self._take_own(data, flush, last)
            return
        if data:
            self._take_own(data, flush, last=False)
        self._ask(self._after)
        self._take_own(b"", flush, last)

    def _ask(self, uri: bytes) -> None:
        turn = _Turn(over=False)
        self._line.append(turn)
        subrequest = make_subrequest(self._output.request, uri)
        subrequest.take_body = partial(self._take, turn)
        subrequest.carrier.start(subrequest, partial(self._end, turn))

    def _take_own(self, data: bytes, flush: bool, last: bool) -> None:
        if not self._line:
            self._output.encode(data, flush, last)
            return
        turn = self._line[-1]
        if not turn.over:
            turn = _Turn(over=True)
            self._line.append(turn)
        turn.data += data
        turn.flush |= flush
        turn.last |= last

    def _take(self, turn: _Turn, data: bytes, flush: bool) -> None:
        if self._line[0] is turn:
            self._output.encode(data, flush, last=False)
        else:
            turn.data += data
            turn.flush |= flush

    def _end(self, turn: _Turn) -> None:
        turn.over = True
        line = self._line
        while line and line[0].over:
            line.popleft()
            if line:
                self._send_kept(line[0])

    def _send_kept(self, turn: _Turn) -> None:
        data, turn.data = turn.data, b""
        self._output.encode(data, turn.flush, turn.last)


def filter_header(request: Request, output: Output) -> int:
    """Add to answers with status 200 and one of the types. Their length is then unknown."""
    settings = request.location.of(AdditionLocation)
    if not settings.add_before_body and not settings.add_after_body:
        return OK
    response = request.response
    if response.status != 200:
        return OK
    if (response.content_type or b"").lower() not in settings.addition_types and b"*" not in settings.addition_types:
        return OK
    output.addition = Addition(output, settings.add_before_body, settings.add_after_body)
    response.content_length = None
    response.clear_accept_ranges()
    weaken_etag(request)
    return OK
