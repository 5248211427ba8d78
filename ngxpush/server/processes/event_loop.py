"""The event loop of a process that serves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

RunLoop = Callable[[Coroutine[Any, Any, None]], None]
"""Runs a coroutine in an event loop of its own, to its end."""


def _run_of_loop() -> RunLoop:
    """asyncio.run, on uvloop where there is one."""
    try:
        import uvloop
    except ImportError:
        return asyncio.run
    return uvloop.run


RUN_LOOP = _run_of_loop()
