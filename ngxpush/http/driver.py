"""Runs the coroutines of `http` and `push` without tasks.

A coroutine runs until it awaits an `Operation`. If the result is there at once, the coroutine goes on with it. Otherwise it waits
until someone calls the `resume` that the operation was given.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from .operations import WAITING, Operation, Performer


class Run:
    """One coroutine on its way.

    progressed: called each time the coroutine has gone on because of `resume`, also at its end; not by `start`, whose caller can
    look for itself.  awaits: the operation whose result it waits for, or None.  error: the exception that ended it, or None.
    """

    __slots__ = ("_coroutine", "_performer", "_progressed", "awaits", "error")

    def __init__(self, coroutine: Coroutine[Any, Any, Any], performer: Performer, progressed: Callable[[], None]) -> None:
        self._coroutine: Coroutine[Any, Any, Any] | None = coroutine
        self._performer = performer
        self._progressed = progressed
        self.awaits: Operation[Any] | None = None
        self.error: Exception | None = None

    @property
    def ended(self) -> bool:
        """Whether the coroutine has returned, raised an exception, or was closed."""
        return self._coroutine is None

    def start(self) -> None:
        """Run until the coroutine ends or has to wait."""
        self._go_on(None)

    def resume(self, result: Any) -> None:
        """Give the coroutine the result it waits for, or raise it there if it is an exception. Nothing happens after `close`."""
        if self._coroutine is not None:
            self._go_on(result)
            self._progressed()

    def detach(self, progressed: Callable[[], None]) -> None:
        """Call another one from now on."""
        self._progressed = progressed

    def close(self) -> None:
        """Give the coroutine up: it ends where it waits (its `finally` blocks run)."""
        coroutine, self._coroutine = self._coroutine, None
        self.awaits = None
        if coroutine is not None:
            coroutine.close()

    def _go_on(self, result: Any) -> None:
        coroutine = self._coroutine
        assert coroutine is not None
        while result is not WAITING:
            self.awaits = None
            try:
                operation = coroutine.throw(result) if isinstance(result, BaseException) else coroutine.send(result)
            except StopIteration:
                self._coroutine = None
                return
            except Exception as error:
                self._coroutine = None
                self.error = error
                return
            self.awaits = operation
            try:
                result = operation.perform(self._performer, self.resume)
            except Exception as error:
                result = error
