"""Lines to a descriptor whose reader may stall: a terminal that is stopped by Ctrl-S, a pipe that no one reads.

A thread of its own writes, so no one else waits. What waits is bounded: of more, lines are left out, and a line says how many.
"""

from __future__ import annotations

import os
import select
import threading
from contextlib import suppress
from queue import SimpleQueue

from ..logs.log_files import STDERR

MOST_WAITING = 1024 * 1024
"""Bytes that may wait for the reader."""


class PatientWriter:
    """Writes to a descriptor what any thread gives it. Its own thread begins with the first line."""

    def __init__(self, descriptor: int, most_waiting: int = MOST_WAITING) -> None:
        self._descriptor = descriptor
        self._most_waiting = most_waiting
        self._queue: SimpleQueue[bytes | None] = SimpleQueue()
        # Bytes so far. The thread alone changes `_written`; what the others change has the lock.
        self._given = self._written = 0
        self._left_out = 0
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def write(self, lines: list[bytes]) -> None:
        """Have lines written, soon and in their order. It never waits for the reader."""
        with self._lock:
            self._enqueue(lines)

    def _enqueue(self, lines: list[bytes]) -> None:
        if self._given - self._written > self._most_waiting:
            self._left_out += len(lines)
            return
        if self._left_out:
            lines = [b"ngxpush: %d lines are left out: nothing takes them\n" % self._left_out, *lines]
            self._left_out = 0
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="patient writer", daemon=True)
            self._thread.start()
        text = b"".join(lines)
        self._given += len(text)
        self._queue.put(text)

    def close(self, seconds: float) -> None:
        """Write what waits, but wait no longer than this for the reader."""
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join(seconds)

    def _run(self) -> None:
        said = False
        while (text := self._queue.get()) is not None:
            # Where the terminal is gone, or the disk is full, the lines are lost, as those of nginx's logs.
            try:
                self._put(text)
            except OSError as error:
                if not said:
                    said = True
                    _say(f"ngxpush: can't write the request log: {error.strerror}\n")
            self._written += len(text)

    def _put(self, text: bytes) -> None:
        while text:
            try:
                text = text[os.write(self._descriptor, text) :]
            except BlockingIOError:  # someone else has set the terminal so
                select.select([], [self._descriptor], [])


def _say(line: str) -> None:
    with suppress(OSError):  # it may be what can't be written
        os.write(STDERR, line.encode())
