"""Bodies that are sent from a file."""

from __future__ import annotations

from ngxpush.http.upstream.outflow import FileOutflow, unframed
from tests.http.fakes import MemoryBodyFile


def test_a_file_is_sent_in_pieces() -> None:
    outflow = FileOutflow(MemoryBodyFile(b"a" * 65536 + b"b"), unframed)
    assert not outflow.is_sent
    assert outflow.next() == b"a" * 65536 and not outflow.is_sent
    assert outflow.next() == b"b" and outflow.is_sent


def test_an_empty_file_is_sent_already() -> None:
    assert FileOutflow(MemoryBodyFile(), unframed).is_sent
