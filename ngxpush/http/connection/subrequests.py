"""The subrequests of one request: begun in the order in which they were made, ended as they are answered.

A page that includes itself twice has more of them than can ever be served. So only some are begun in one turn of the loop, and
after many a client that sends no more counts as one that has left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from .. import phases
from ..driver import Run
from ..request import Request
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
    """

    __slots__ = ("_begun", "_failed", "_hosting", "_is_paused", "_left", "_settle")

    def __init__(self, hosting: Hosting, settle: Callable[[], None], failed: Callable[[Request, Exception], None]) -> None:
        self._hosting = hosting
        self._settle = settle
        self._failed = failed
        self._left: dict[Request, _Subrequest] = {}
        self._begun = 0
        self._is_paused = False

    def __len__(self) -> int:
        return len(self._left)

    def __iter__(self) -> Iterator[Request]:
        return iter(self._left)

    @property
    def pause(self) -> Outcome | None:
        """What the request does until the next one may begin; None if none waits for that."""
        if not self._is_paused or not self._left:
            return None
        return Outcome.WAITS if self._begun < _MANY else Outcome.HELD

    def add(self, request: Request, answered: Callable[[], None]) -> None:
        """Add one, which begins when its main request can't go on by itself."""
        self._left[request] = _Subrequest(answered)

    def is_running(self, request: Request) -> bool:
        """Whether it has not begun, or its coroutine has not returned."""
        subrequest = self._left.get(request)
        return subrequest is not None and (subrequest.run is None or not subrequest.run.ended)

    def go_on(self) -> bool:
        """Begin one that has not begun, or end one that is answered. False if there is neither."""
        for request, subrequest in self._left.items():
            run = subrequest.run
            if run is None:
                return not self._is_paused and self._begin(request, subrequest)
            if run.error is not None:
                del self._left[request]
                self._failed(request, run.error)
                return True
            if run.ended and request.response.complete:
                del self._left[request]
                self._hosting.log_access(request)
                subrequest.answered()
                return True
        return False

    def _begin(self, request: Request, subrequest: _Subrequest) -> bool:
        self._begun += 1
        if self._begun % _AT_ONCE == 0:
            self._is_paused = True
            self._hosting.call_later(0, self._go_on_in_next_turn)
        subrequest.run = Run(phases.serve(request), self._hosting.performer, self._settle)
        subrequest.run.start()
        return True

    def _go_on_in_next_turn(self) -> None:
        self._is_paused = False
        if self._left:
            self._settle()

    def begin_no_more(self) -> None:
        """Forget those that have not begun."""
        self._left = {request: subrequest for request, subrequest in self._left.items() if subrequest.run is not None}

    def abandon(self) -> list[tuple[Request, Run | None]]:
        """Forget all. Returns them with their coroutines; None for one that has not begun."""
        left, self._left = self._left, {}
        return [(request, subrequest.run) for request, subrequest in left.items()]
