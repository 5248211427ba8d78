"""What is asked of the real nginx and of ngxpush, and what is different then."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TypeVar

Asked = TypeVar("Asked")

# What differs is asked so many times more: it may have been a matter of time. A rule that is wrong differs always.
REPEATS = 2
# Longer lines only fill the screen.
_WIDTH = 9000


def accepted(count: int) -> int:
    """How many of so many may differ: none of CI's, of more one in 2,500. docs/reference/differences.md names the kinds."""
    return count // 2500


async def several_at_once(asked: Iterable[Asked], at_once: int, ask: Callable[[Asked], Awaitable[None]]) -> None:
    """Ask all, so many of them at once."""
    waiting = iter(asked)

    async def ask_in_turn() -> None:
        for each in waiting:
            await ask(each)

    await asyncio.gather(*(ask_in_turn() for _ in range(at_once)))


def words(asked: str, real: Sequence[object], ours: Sequence[object]) -> str:
    """What was asked, and what of all that was seen then is different."""
    lines = [asked[:_WIDTH]]
    for one, two in itertools.zip_longest(real, ours):
        if one != two:
            lines += [f"    nginx   {one!r}"[:_WIDTH], f"    ngxpush {two!r}"[:_WIDTH]]
    return "\n".join(lines)
