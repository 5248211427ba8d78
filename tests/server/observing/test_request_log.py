"""Lines are written once in a turn."""

from __future__ import annotations

from collections.abc import Callable

from ngxpush.server.observing.combined_lines import CombinedLines
from ngxpush.server.observing.compact_lines import CompactLines
from ngxpush.server.observing.request_log import RequestLog

from .observers import BEGAN, ENDED, FRAME

LINES = CompactLines()


def test_once_in_a_turn() -> None:
    turns: list[Callable[[], None]] = []
    written: list[list[bytes]] = []
    log = RequestLog(LINES, turns.append, written.append)
    log.subscriber_began(BEGAN)
    log.frame_published(FRAME)
    assert (len(turns), written) == (1, [])
    turns.pop()()
    assert written == [[LINES.subscriber_began(BEGAN), LINES.frame_published(FRAME)]]
    log.request_ended(ENDED)
    turns.pop()()
    assert written[1:] == [[LINES.request_ended(ENDED)]]


def test_what_has_no_line_takes_no_turn() -> None:
    turns: list[Callable[[], None]] = []
    log = RequestLog(CombinedLines(), turns.append, list.clear)
    log.subscriber_began(BEGAN)
    log.flush()
    assert turns == []
