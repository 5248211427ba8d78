"""The order of a body and of the answers of its subrequests (nginx's postpone filter).

Each subrequest has a place in the line, and so has what the body has before and after it. The first one of the line is sent as it
comes; the others are kept, and what is kept of one is then sent as one piece. A subrequest may have subrequests itself: its place
is over when its own line is. Who sends a file waits while too much of it is kept (`content.files`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Protocol

from .request import Request


class OrderedOutput(Protocol):
    """Takes the pieces in their order (`body_output.Output`)."""

    request: Request
    postpone: Postpone | None

    def encode(self, data: bytes, flush: bool, last: bool) -> None: ...

    def end_main(self) -> None: ...


class _Turn:
    """A part of the answer with a place in the line: a subrequest's body, or a part of the request's own.

    subrequest: None for the request itself.  pieces: what is kept of it; those of a subrequest stay separate.  size: how many
    bytes that is.  last: it ends the request's own body.  ends_main: it ends the main request's answer.
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

    __slots__ = ("_line", "_output", "_waiting", "emptied")

    def __init__(self, output: OrderedOutput) -> None:
        self._output = output
        self._line: deque[_Turn] = deque()
        self._waiting: list[Callable[[None], None]] = []
        self.emptied: Callable[[], None] | None = None

    def send(self, data: bytes, flush: bool, last: bool) -> None:
        """Send a piece of the request's own body, when its turn comes."""
        if not self._line:
            self._output.encode(data, flush, last)
            return
        turn = self._line[-1]
        if turn.subrequest is not None:
            turn = _Turn(None)
            self._line.append(turn)
        turn.keep(data, flush, last)

    def ask(self, subrequest: Request, ended: Callable[[], None] | None = None) -> None:
        """Start a subrequest, and send its answer, unless it is kept in memory, when its turn comes.

        ended: called then, after what follows has been sent.
        """
        turn = _Turn(subrequest)
        self._line.append(turn)
        if not subrequest.in_memory:
            subrequest.take_body = partial(self._take, turn)
            subrequest.take_last = partial(self._take_last, turn)
        subrequest.carrier.start(subrequest, partial(self._end, turn, subrequest, ended))

    def _take(self, turn: _Turn, data: bytes, flush: bool) -> None:
        if self._line[0] is turn:
            self._output.encode(data, flush, last=False)
        else:
            turn.keep(data, flush, last=False)

    def _take_last(self, turn: _Turn) -> None:
        if self._line[0] is turn:
            self._output.end_main()
        else:
            turn.ends_main = True

    def _end(self, turn: _Turn, subrequest: Request, ended: Callable[[], None] | None) -> None:
        inner: Postpone | None = getattr(subrequest.response.output, "postpone", None)
        if inner is not None and inner._line:
            inner.emptied = partial(self._end, turn, subrequest, ended)
            return
        turn.over = True
        line = self._line
        while line and line[0].over:
            ended_turn = line.popleft()
            if ended_turn.subrequest is not None:
                ended_turn.subrequest.carrier.end_subrequest(ended_turn.subrequest)
            if line:
                self._send_kept(line[0])
        if ended is not None:
            ended()
        waiting, self._waiting = self._waiting, []
        for resume in waiting:
            resume(None)
        if not line and self.emptied is not None:
            emptied, self.emptied = self.emptied, None
            emptied()

    def _send_kept(self, turn: _Turn) -> None:
        pieces, turn.pieces, turn.size = turn.pieces, [], 0
        if turn.subrequest is None:
            pieces = [b"".join(pieces)] if pieces else []
        for piece in pieces[:-1]:
            self._output.encode(piece, flush=False, last=False)
        if pieces:
            self._output.encode(pieces[-1], turn.flush, turn.last)
        if turn.ends_main:
            self._output.end_main()

    def kept(self, subrequest: Request | None) -> int:
        """How many bytes are kept of a subrequest's answer; None: of the request's own body."""
        return sum(turn.size for turn in self._line if turn.subrequest is subrequest)

    def wait(self, resume: Callable[[None], None]) -> None:
        """Call `resume` when one more place is over, and what was kept for it is sent."""
        self._waiting.append(resume)
