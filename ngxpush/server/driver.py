"""Runs the coroutines of `http` and `push` without tasks.

A coroutine runs until it awaits an `Operation`; one whose result is there at once is answered on the spot, for the others the
coroutine is left alone until somebody calls its `resume`.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Final

from ..http.operations import Operation

Resume = Callable[[Any], None]
"""Continues a coroutine with the operation's result, or with the exception it is to raise. To be called once."""

Perform = Callable[[Operation[Any], Resume], Any]
"""Does an operation: returns its result, or raises; or returns WAITING, and calls `resume` later."""


class _Waiting:
    def __repr__(self) -> str:
        return "WAITING"


WAITING: Final = _Waiting()


class Run:
    """One coroutine on its way. `finished` is called at its end with the exception it died of, or None."""

    __slots__ = ("_coroutine", "_finished", "_perform")

    def __init__(
        self, coroutine: Coroutine[Any, Any, Any], perform: Perform, finished: Callable[[BaseException | None], None]
    ) -> None:
        self._coroutine = coroutine
        self._perform = perform
        self._finished = finished

    def start(self) -> None:
        """Run until the coroutine ends or has to wait."""
        self.resume(None)

    def resume(self, result: Any) -> None:
        """Go on with what the coroutine waited for."""
        coroutine = self._coroutine
        while result is not WAITING:
            try:
                if isinstance(result, BaseException):
                    operation = coroutine.throw(result)
                else:
                    operation = coroutine.send(result)
            except StopIteration:
                self._finished(None)
                return
            except Exception as error:
                self._finished(error)
                return
            try:
                result = self._perform(operation, self.resume)
            except Exception as error:
                result = error

    def cancel(self) -> None:
        """Give the coroutine up: it ends where it waits (its `finally` blocks run) and `finished` is not called."""
        self._coroutine.close()
