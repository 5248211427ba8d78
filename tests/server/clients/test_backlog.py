"""What waits for one client."""

from __future__ import annotations

from ngxpush.http.connection.surroundings import MOST_WAITING
from ngxpush.server.clients.backlog import Backlog


def test_pieces_keep_their_order_and_are_taken_in_portions() -> None:
    backlog = Backlog()
    for piece in (b"ab", b"cd", b"e"):
        backlog.add(piece)
    assert (backlog.take(3), backlog.size) == (b"abcd", 1)
    assert (backlog.take(3), backlog.size) == (b"e", 0)
    assert backlog.take(3) == b""


def test_a_piece_is_not_copied() -> None:
    """A message that waits for thousands is in memory once."""
    backlog, message = Backlog(), b"x" * 1000
    backlog.add(message)
    assert backlog.take(1) is message


def test_it_is_full_by_bytes_or_by_pieces() -> None:
    large, many = Backlog(), Backlog()
    large.add(b"x" * MOST_WAITING)
    assert not large.is_full
    large.add(b"x")
    assert large.is_full
    for _ in range(MOST_WAITING // 1024 + 1):
        many.add(b"x")
    assert many.is_full
    many.take(1)
    assert not many.is_full
    many.clear()
    assert many.size == 0 and many.take(1) == b""
