"""What waits of an answer with limit_rate."""

from __future__ import annotations

from typing import Any, cast

from ngxpush.http.connection.surroundings import MOST_WAITING
from ngxpush.http.limit_rate import Rate
from ngxpush.server.clients.paced import PacedWriter

from ..fakes import FakeLoop


class _Paced:
    def __init__(self) -> None:
        self.loop = FakeLoop()
        self.sent: list[bytes] = []
        self.emptied = self.overflown = 0
        rate = Rate(10, 0, self.loop.now)
        self.writer = PacedWriter(cast(Any, self.loop), rate, self.sent.append, self.loop.time, self._emptied, self._overflown)

    def _emptied(self) -> None:
        self.emptied += 1

    def _overflown(self) -> None:
        self.overflown += 1


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


def test_what_waits_is_bounded() -> None:
    paced = _Paced()
    paced.writer.write(b"x" * (MOST_WAITING + 11))
    assert not paced.overflown
    paced.writer.write(b"x")
    assert paced.overflown == 1 and len(paced.writer) == MOST_WAITING + 1
