"""The subrequests of one request, from their start to their place in its answer.

They begin in the order of their start. A page with many, or one that includes itself, does not keep the loop: some begin, then
other clients have their turn. Those that have not begun are not looked through, since there may be tens of thousands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from .. import phases
from ..driver import Run
from ..request import Request
from .surroundings import Hosting

# Subrequests that are begun in one turn of the loop, and after how many a client that sends no more counts as one that has
# left. A page that includes itself twice has more than can be served while someone waits.
_AT_ONCE, _MANY = 50, 1000


class Subrequests:
    """paused: the next ones begin in another turn.  count: of those whose place in the answer is not over."""

    __slots__ = ("_answered", "_begun", "_hosting", "_new", "_runs", "_settle", "count", "paused")

    def __init__(self, hosting: Hosting, settle: Callable[[], None]) -> None:
        self.paused = False
        self.count = 0
        self._hosting = hosting
        self._settle = settle
        self._begun = 0
        self._answered: dict[Request, Callable[[], None]] = {}
        self._new: dict[Request, None] = {}
        self._runs: dict[Request, Run] = {}

    def __bool__(self) -> bool:
        """Whether one has not been answered."""
        return bool(self._answered)

    def __iter__(self) -> Iterator[tuple[Request, Run | None]]:
        """Those that have not been answered, and the coroutine of each that has begun."""
        for request in self._answered:
            yield request, self._runs.get(request)

    @property
    def are_many(self) -> bool:
        return self._begun >= _MANY

    @property
    def needed(self) -> Request | None:
        """The first one whose answer the request needs."""
        return next((request for request in self._answered if not request.background), None)

    def start(self, request: Request, answered: Callable[[], None]) -> None:
        """Have one begin when its turn comes. answered: called when its answer is whole."""
        self.count += 1
        self._answered[request] = answered
        self._new[request] = None

    def go_on(self, failed: Callable[[Request, Exception], None]) -> bool:
        """End one that is answered, or begin one. False if there is neither."""
        for request, run in self._runs.items():
            if run.error is not None or (run.ended and request.response.complete):
                del self._runs[request]
                answered = self._answered.pop(request)
                if run.error is not None:
                    failed(request, run.error)
                else:
                    answered()
                return True
        if self.paused or not self._new:
            return False
        request = next(iter(self._new))
        del self._new[request]
        self._begun += 1
        if self._begun % _AT_ONCE == 0:
            self.paused = True
            self._hosting.call_later(0, self._go_on_in_next_turn)
        run = self._runs[request] = Run(phases.serve(request), self._hosting.performer, self._settle)
        run.start()
        return True

    def _go_on_in_next_turn(self) -> None:
        if self.paused:
            self.paused = False
            self._settle()

    def is_running(self, request: Request) -> bool:
        """Whether its handler runs, or has not begun."""
        run = self._runs.get(request)
        return request in self._new if run is None else not run.ended

    def end(self, request: Request) -> None:
        """The place of one in the answer is over: it is logged and counts no more."""
        if not request.logged:
            request.logged = True
            self.count -= 1
            self._hosting.log_access(request)

    def drop_new(self) -> None:
        """Begin no more."""
        for request in self._new:
            del self._answered[request]
        self._new.clear()

    def abandon(self) -> dict[Request, Run | None]:
        """Give all up. Returns those that have not been answered, with their coroutines."""
        left = dict(self)
        self._answered.clear()
        self._new.clear()
        self._runs.clear()
        self.paused = False
        return left
