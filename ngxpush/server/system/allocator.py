"""Memory that is free goes back to the system."""

from __future__ import annotations

import asyncio
import ctypes

# Seconds: what is freed meanwhile goes back in one go.
_PAUSE = 1.0


class Allocator:
    """The memory of this process. The C library keeps what is freed between blocks that are in use, until it is asked."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._is_asked = False
        # Only glibc has it.
        self._trim = getattr(ctypes.CDLL(None), "malloc_trim", None)

    def much_is_free(self) -> None:
        """Give it back soon."""
        if self._trim is not None and not self._is_asked:
            self._is_asked = True
            self._loop.call_later(_PAUSE, self._give_back)

    def _give_back(self) -> None:
        self._is_asked = False
        if self._trim is not None:
            self._trim(0)
