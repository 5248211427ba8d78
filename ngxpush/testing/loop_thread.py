"""An event loop in a thread, for tests that have none."""

from __future__ import annotations

import asyncio
import atexit
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

from .server_process import ServerDied

T = TypeVar("T")


class LoopThread:
    """Runs coroutines, one after the other or side by side. The thread begins with the first one.

    has_ended: whether `end` was called.
    """

    def __init__(self) -> None:
        self.has_ended = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._live, name="ngxpush.testing", daemon=True)
        self._ended = asyncio.Event()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Its result, or its exception. It is cancelled when the caller is interrupted. Raises ServerDied after the end."""
        if self.has_ended:
            coroutine.close()
            raise ServerDied.of_its_block()
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._thread.start()
            # Python waits for what is left of a test when threads don't run any more.
            atexit.register(self.end)
        future = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    def end(self) -> None:
        """End the loop, and what a test has left in it."""
        self.has_ended = True
        atexit.unregister(self.end)
        if self._loop is None or self._loop.is_closed():
            return
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join()

    def _live(self) -> None:
        # The runner cancels what is under way at its end.
        with asyncio.Runner(loop_factory=self._given_loop) as runner:
            runner.run(self._until_ended())

    def _given_loop(self) -> asyncio.AbstractEventLoop:
        assert self._loop is not None  # it is made before the thread begins
        return self._loop

    async def _until_ended(self) -> None:
        await self._ended.wait()
