"""Lines that come together are written together."""

from __future__ import annotations

from collections.abc import Callable

from ngxpush.server.observing.combined_lines import CombinedLines
from ngxpush.server.observing.compact_lines import CompactLines
from ngxpush.server.observing.request_log import RequestLog

from .observers import BEGAN, ENDED, FRAME

LINES = CompactLines()


def test_lines_are_gathered() -> None:
    waiting: list[Callable[[], None]] = []
    written: list[list[bytes]] = []
    log = RequestLog(LINES, waiting.append, written.append)
    log.subscriber_began(BEGAN)
    log.frame_published(FRAME)
    assert (len(waiting), written) == (1, [])
    waiting.pop()()
    assert written == [[LINES.subscriber_began(BEGAN), LINES.frame_published(FRAME)]]
    log.request_ended(ENDED)
    waiting.pop()()
    assert written[1:] == [[LINES.request_ended(ENDED)]]


def test_what_has_no_line_is_not_waited_for() -> None:
    waiting: list[Callable[[], None]] = []
    log = RequestLog(CombinedLines(), waiting.append, list.clear)
    log.subscriber_began(BEGAN)
    log.flush()
    assert waiting == []
