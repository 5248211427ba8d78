"""What a request may wait for.

Handlers are coroutines that import no event loop: to wait, they await an `Operation`, which hands itself to whoever drives the
coroutine (`server.driver` in real life, a loop over a list in tests) and evaluates to the result. An operation whose result is
there at once costs no task and no turn of the event loop.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Operation(Generic[T]):
    """Something only the outer ring can do. Awaiting it gives a T."""

    __slots__ = ()

    def __await__(self) -> Generator[Any, Any, T]:
        result: T = yield self
        return result
