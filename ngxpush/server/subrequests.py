"""The subrequests of the request on a connection: driven beside it, each by a coroutine of its own."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from ..http import phases
from ..http.request import Request
from .driver import Perform, Run


class _Served:
    """A subrequest on its way. ended: called when its answer is whole.  run: None once its handler has returned."""

    __slots__ = ("ended", "run")

    def __init__(self, ended: Callable[[], None]) -> None:
        self.ended = ended
        self.run: Run | None = None


class Subrequests:
    """Those on their way; false when there are none.

    perform: does their operations.  done: called with each one that is answered and whom it is to tell.
    failed: called with one whose coroutine has died, and of what.
    """

    __slots__ = ("_done", "_failed", "_perform", "_served")

    def __init__(
        self,
        perform: Perform,
        done: Callable[[Request, Callable[[], None]], None],
        failed: Callable[[Request, BaseException], None],
    ) -> None:
        self._perform = perform
        self._done = done
        self._failed = failed
        self._served: dict[Request, _Served] = {}

    def __bool__(self) -> bool:
        return bool(self._served)

    @property
    def foremost(self) -> Request | None:
        """The first one whose answer the main request needs; None where all are mirrors."""
        return next((request for request in self._served if not request.background), None)

    def add(self, request: Request, ended: Callable[[], None]) -> None:
        """From now on it is on its way, though nothing is done for it before `serve`."""
        self._served[request] = _Served(ended)

    def serve(self, request: Request) -> None:
        """Go as far as it gets by itself; nothing if it was abandoned meanwhile."""
        served = self._served.get(request)
        if served is not None:
            served.run = Run(phases.serve(request), self._perform, partial(self._run_ended, request))
            served.run.start()

    def finish(self, request: Request) -> None:
        """Its answer is whole; it ends here, or when its handler returns."""
        served = self._served.get(request)
        if served is not None and served.run is None:
            del self._served[request]
            self._done(request, served.ended)

    def abandon(self) -> None:
        """The client has left."""
        abandoned, self._served = self._served, {}
        for request in abandoned:
            request.gone = True
            on_close, request.on_close = request.on_close, None
            if on_close is not None:
                on_close()

    def _run_ended(self, request: Request, error: BaseException | None) -> None:
        served = self._served.get(request)
        if served is None:
            return
        served.run = None
        if error is not None:
            self._failed(request, error)
        elif request.response.complete:
            self.finish(request)
