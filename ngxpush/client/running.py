"""Running what a command asks for, from its first connection to its end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import aiohttp

_Result = TypeVar("_Result")


def run(
    opened: Callable[[], aiohttp.ClientSession], work: Callable[[aiohttp.ClientSession], Coroutine[Any, Any, _Result]]
) -> _Result:
    """Do the work in a session that `opened` opens, and close it. Raises what the work raises, and KeyboardInterrupt."""

    async def whole() -> _Result:
        async with opened() as session:
            return await work(session)

    return asyncio.run(whole())
