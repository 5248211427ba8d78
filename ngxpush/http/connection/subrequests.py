"""The subrequests of one request: begun in the order in which they were made, ended as they are answered.

A page that includes itself twice has more of them than can ever be served. So only some are begun in one turn of the loop, and
after many a client that sends no more counts as one that has left.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator

from .. import phases
from ..driver import Run
from ..request import Request
from . import states
from .states import Outcome
from .surroundings import Hosting

_AT_ONCE, _MANY = 50, 1000


class _Subrequest:
    """A subrequest that has not ended. answered: called when its answer is whole.  run: None until it is begun."""

    __slots__ = ("answered", "run")

    def __init__(self, answered: Callable[[], None]) -> None:
        self.answered = answered
        self.run: Run | None = None


class Subrequests:
    """Those of a request that have not ended.

    settle: called when something has to be done about them.  failed: called with one whose coroutine has raised an exception.
    count: of those whose place in the answer is not over.
    """

    __slots__ = ("_begun", "_failed", "_hosting", "_is_paused", "_left", "_new", "_settle", "count")

    def __init__(self, hosting: Hosting, settle: Callable[[], None], failed: Callable[[Request, Exception], None]) -> None:
        self._hosting = hosting
        self._settle = settle
        self._failed = failed
        self._left: dict[Request, _Subrequest] = {}
        # Those that have not begun. There may be tens of thousands: they are not looked through.
        self._new: OrderedDict[Request, _Subrequest] = OrderedDict()
        self.count = 0
        self._begun = 0
        self._is_paused = False

    def __len__(self) -> int:
        return len(self._left) + len(self._new)

    def __iter__(self) -> Iterator[Request]:
        yield from self._left
        yield from self._new

    @property
    def pause(self) -> Outcome | None:
        """What the request does until the next one may begin; None if none waits for that."""
        if not self._is_paused or not self:
            return None
        return states.WAITS if self._begun < _MANY else states.OPEN

    def add(self, request: Request, answered: Callable[[], None]) -> None:
        """Add one, which begins when its main request can't go on by itself."""
        self._new[request] = _Subrequest(answered)
        self.count += 1

    def end(self, request: Request) -> None:
        """The place of one in the answer is over: it is logged and counts no more."""
        if not request.logged:
            request.logged = True
            self.count -= 1
            self._hosting.log_access(request)

    def is_running(self, request: Request) -> bool:
        """Whether it has not begun, or its coroutine has not returned."""
        subrequest = self._left.get(request)
        return request in self._new if subrequest is None or subrequest.run is None else not subrequest.run.ended

    def go_on(self) -> bool:
        """Begin one that has not begun, or end one that is answered. False if there is neither.

        As in nginx they all begin before the place of the first one is over: what the others answer at once is kept.
        """
        if self._new and not self._is_paused:
            self._begin()
            return True
        for request, subrequest in self._left.items():
            run = subrequest.run
            if run is None:
                continue
            if run.error is not None:
                del self._left[request]
                self._failed(request, run.error)
                return True
            if run.ended and request.response.complete:
                del self._left[request]
                subrequest.answered()
                return True
        return False

    def _begin(self) -> None:
        request, subrequest = self._new.popitem(last=False)
        self._left[request] = subrequest
        self._begun += 1
        if self._begun % _AT_ONCE == 0:
            self._is_paused = True
            self._hosting.call_later(0, self._go_on_in_next_turn)
        subrequest.run = Run(phases.serve(request), self._hosting.performer, self._settle)
        subrequest.run.start()

    def _go_on_in_next_turn(self) -> None:
        self._is_paused = False
        if self:
            self._settle()

    def begin_no_more(self) -> None:
        """Forget those that have not begun."""
        self._new.clear()

    def abandon(self) -> list[tuple[Request, Run | None]]:
        """Forget all. Returns them with their coroutines; None for one that has not begun."""
        left, self._left = {**self._left, **self._new}, {}
        self._new.clear()
        return [(request, subrequest.run) for request, subrequest in left.items()]


def sends_now(request: Request) -> bool:
    """Whether the client gets the body as it comes: of a subrequest, when its turn has come."""
    if request.parent is None:
        return True
    output = request.response.output
    if output is None or request.response.header_only or request.in_memory:
        return False
    return output.above is None or output.above.is_turn_of(request)
