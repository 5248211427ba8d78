"""The order of a body and of the answers of its subrequests (nginx's postpone filter).

Each subrequest has a place in the line, and so has what the body has before and after it. The first one of the line is sent as it
comes; the others are kept, and what is kept of one is then sent as one piece. A subrequest may have subrequests itself: its line
stands still until its turn comes, and its place is over when its own line is. Who sends a file, or the answer of a server, waits
while too much of it is kept (`content.files`, `upstream.exchange`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Protocol

from .body_filter import BodyOrder
from .request import Request


class OrderedOutput(Protocol):
    """Takes the pieces in their order (`body_output.Output`)."""

    request: Request
    postpone: Postpone | None

    @property
    def above(self) -> BodyOrder | None: ...

    def encode(self, data: bytes, flush: bool, last: bool) -> None: ...

    def end_main(self) -> None: ...


class _Turn:
    """A part of the answer with a place in the line: a subrequest's body, or a part of the request's own.

    subrequest: None for the request itself.  pieces: what is kept of it.  size: how many bytes that is.  last: it ends the
    request's own body.  ends_main: it ends the main request's answer.  over: nothing more comes.
    """

    __slots__ = ("ends_main", "flush", "last", "over", "pieces", "size", "subrequest")

    def __init__(self, subrequest: Request | None) -> None:
        self.subrequest = subrequest
        self.pieces: list[bytes] = []
        self.size = 0
        self.flush = False
        self.last = self.ends_main = False
        self.over = subrequest is None

    def keep(self, data: bytes, flush: bool, last: bool) -> None:
        """Add a piece."""
        self.pieces.append(data)
        self.size += len(data)
        self.flush |= flush
        self.last |= last


class Postpone:
    """The line of one answer. emptied: called when the line has become empty."""

    __slots__ = ("_is_advancing", "_line", "_output", "_turns", "_waiting", "emptied")

    def __init__(self, output: OrderedOutput) -> None:
        self._output = output
        self._line: deque[_Turn] = deque()
        self._turns: dict[Request, _Turn] = {}
        self._waiting: list[Callable[[None], None]] = []
        self._is_advancing = False
        self.emptied: Callable[[], None] | None = None

    @property
    def _moves(self) -> bool:
        """Whether the first of the line may be sent: it is the turn of the answer itself."""
        above = self._output.above
        return above is None or above.is_turn_of(self._output.request)

    def is_turn_of(self, subrequest: Request) -> bool:
        """See `BodyOrder`. A subrequest without a place (a mirror, one in memory) waits for no one."""
        turn = self._turns.get(subrequest)
        return turn is None or (self._line[0] is turn and self._moves)

    def send(self, data: bytes, flush: bool, last: bool) -> None:
        """Send a piece of the request's own body, when its turn comes."""
        if not self._line and self._moves:
            self._output.encode(data, flush, last)
            return
        if not self._line or self._line[-1].subrequest is not None:
            self._line.append(_Turn(None))
        self._line[-1].keep(data, flush, last)

    def ask(self, subrequest: Request, ended: Callable[[], None] | None = None) -> None:
        """Start a subrequest, and send its answer, unless it is kept in memory, when its turn comes.

        ended: called when its answer is whole, and, if that is sent, after what follows has been sent.
        """
        turn = self._turns[subrequest] = _Turn(subrequest)
        self._line.append(turn)
        if not subrequest.in_memory:
            subrequest.take_body = partial(self._take, turn)
            subrequest.take_last = partial(self._take_last, turn)
        subrequest.carrier.start(subrequest, partial(self._end, turn, subrequest, ended))

    def _take(self, turn: _Turn, data: bytes, flush: bool) -> None:
        if self._line[0] is turn and self._moves:
            self._output.encode(data, flush, last=False)
        else:
            turn.keep(data, flush, last=False)

    def _take_last(self, turn: _Turn) -> None:
        if self._line[0] is turn and self._moves:
            self._output.end_main()
        else:
            turn.ends_main = True

    def _end(self, turn: _Turn, subrequest: Request, ended: Callable[[], None] | None) -> None:
        inner = _line_of(subrequest)
        if inner is not None and inner._line:
            inner.emptied = partial(self._end, turn, subrequest, ended)
            return
        turn.over = True
        if self._moves:
            self._advance()
        if ended is not None:
            ended()
        self._resume()

    def _advance(self) -> None:
        """Go on to the first one of the line that is not over.

        Many may be over one after the other, when what they kept is sent: they only say so, and the loop that sends it goes on.
        """
        if self._is_advancing:
            return
        self._is_advancing = True
        line = self._line
        while line and line[0].over:
            subrequest = line.popleft().subrequest
            if subrequest is not None:
                del self._turns[subrequest]
                subrequest.carrier.end_subrequest(subrequest)
            if line:
                self._begin(line[0])
        self._is_advancing = False

    def _begin(self, turn: _Turn) -> None:
        """It is the turn of this one: send what is kept of it and of its own line."""
        pieces, turn.pieces, turn.size = turn.pieces, [], 0
        if pieces:
            self._output.encode(b"".join(pieces), turn.flush, turn.last)
        if turn.ends_main:
            self._output.end_main()
        inner = None if turn.subrequest is None else _line_of(turn.subrequest)
        if inner is not None and inner._line:
            inner._begin(inner._line[0])
            inner._advance()
            inner._resume()

    def _resume(self) -> None:
        """Wake who waits, after some of what was kept may have been sent."""
        waiting, self._waiting = self._waiting, []
        for resume in waiting:
            resume(None)
        if not self._line and self.emptied is not None:
            emptied, self.emptied = self.emptied, None
            emptied()

    def kept(self, subrequest: Request | None) -> int:
        """How many bytes are kept of a subrequest's answer; None: of the request's own body."""
        if subrequest is None:
            return sum([turn.size for turn in self._line if turn.subrequest is None])
        turn = self._turns.get(subrequest)
        return 0 if turn is None else turn.size

    def wait(self, resume: Callable[[None], None]) -> None:
        """Call `resume` when one more place is over, and what was kept for it is sent."""
        if resume not in self._waiting:
            self._waiting.append(resume)


def _line_of(subrequest: Request) -> Postpone | None:
    """The line of a subrequest's own answer."""
    line: Postpone | None = getattr(subrequest.response.output, "postpone", None)
    return line
