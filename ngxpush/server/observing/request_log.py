"""The request log of `ngxpush run`: what observers hear, as lines, some of them written together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from .events import FramePublished, RequestEnded, SubscriberBegan


class Lines(Protocol):
    """Makes lines, each with its end; b"" for none."""

    def subscriber_began(self, event: SubscriberBegan) -> bytes: ...

    def frame_published(self, event: FramePublished) -> bytes: ...

    def request_ended(self, event: RequestEnded) -> bytes: ...


class RequestLog:
    """An observer that logs.

    soon: has something done soon.  write: takes the lines that came until then; it must not wait.
    """

    def __init__(self, lines: Lines, soon: Callable[[Callable[[], None]], object], write: Callable[[list[bytes]], None]) -> None:
        self._lines = lines
        self._soon = soon
        self._write = write
        self._gathered: list[bytes] = []

    def subscriber_began(self, event: SubscriberBegan) -> None:
        self._add(self._lines.subscriber_began(event))

    def frame_published(self, event: FramePublished) -> None:
        self._add(self._lines.frame_published(event))

    def request_ended(self, event: RequestEnded) -> None:
        self._add(self._lines.request_ended(event))

    def flush(self) -> None:
        """Write what there is."""
        lines, self._gathered = self._gathered, []
        if lines:
            self._write(lines)

    def _add(self, line: bytes) -> None:
        if not line:
            return
        if not self._gathered:
            self._soon(self.flush)
        self._gathered.append(line)
