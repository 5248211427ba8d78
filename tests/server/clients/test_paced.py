"""What waits of an answer with limit_rate."""

from __future__ import annotations

from typing import Any, cast

from ngxpush.http.limit_rate import Rate
from ngxpush.server.clients.paced import PacedWriter

from ..fakes import FakeLoop


class _Paced:
    def __init__(self) -> None:
        self.loop = FakeLoop()
        self.sent: list[bytes] = []
        self.emptied = 0
        rate = Rate(10, 0, self.loop.now)
        self.writer = PacedWriter(cast(Any, self.loop), rate, self.sent.append, self.loop.time, self._emptied)

    def _emptied(self) -> None:
        self.emptied += 1


def test_what_is_too_much_waits_and_the_end_is_reported() -> None:
    paced = _Paced()
    paced.writer.write(b"0123456789abcdef")
    assert (paced.sent, len(paced.writer), paced.emptied) == ([b"0123456789"], 6, 0)
    paced.loop.advance(1)
    assert (paced.sent, len(paced.writer), paced.emptied) == ([b"0123456789", b"abcdef"], 0, 1)


def test_what_comes_later_waits_for_its_turn() -> None:
    paced = _Paced()
    paced.writer.write(b"01234")
    paced.writer.write(b"abc")
    assert paced.sent == [b"01234"]
    paced.loop.advance(0.6)
    assert paced.sent == [b"01234", b"abc"]


def test_what_waits_can_be_dropped() -> None:
    paced = _Paced()
    paced.writer.write(b"0123456789abcdef")
    paced.writer.cancel()
    paced.loop.advance(5)
    assert (paced.sent, paced.emptied, paced.loop.pending) == ([b"0123456789"], 0, 0)
