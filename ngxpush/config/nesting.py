"""Recursion without Python's call stack: blocks and includes may be nested ten thousand deep in nginx, calls in Python may not.

A function that would call itself is a generator instead. Where the call would stand, it yields the walk of what is inside, and
gets that walk's result back: `location = yield self._block(inner)`.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, TypeVar

Result = TypeVar("Result")

Walk = Generator[Any, Any, Result]
"""A piece of such a recursion: it yields walks, and returns a result."""


def finish(walk: Walk[Result]) -> Result:
    """Do a walk and all walks inside it; returns its result."""
    walks: list[Walk[Any]] = [walk]
    result: Any = None
    while walks:
        try:
            inside = walks[-1].send(result)
        except StopIteration as end:
            walks.pop()
            result = end.value
        else:
            walks.append(inside)
            result = None
    done: Result = result
    return done
