"""The request log of `ngxpush run`: what observers hear, as lines, written once in a turn of the event loop."""

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

    next_turn: has something done in the next turn of the event loop.  write: takes the lines of one turn; it must not wait.
    """

    def __init__(
        self, lines: Lines, next_turn: Callable[[Callable[[], None]], object], write: Callable[[list[bytes]], None]
    ) -> None:
        self._lines = lines
        self._next_turn = next_turn
        self._write = write
        self._of_this_turn: list[bytes] = []

    def subscriber_began(self, event: SubscriberBegan) -> None:
        self._add(self._lines.subscriber_began(event))

    def frame_published(self, event: FramePublished) -> None:
        self._add(self._lines.frame_published(event))

    def request_ended(self, event: RequestEnded) -> None:
        self._add(self._lines.request_ended(event))

    def flush(self) -> None:
        """Write what there is."""
        lines, self._of_this_turn = self._of_this_turn, []
        if lines:
            self._write(lines)

    def _add(self, line: bytes) -> None:
        if not line:
            return
        if not self._of_this_turn:
            self._next_turn(self.flush)
        self._of_this_turn.append(line)
