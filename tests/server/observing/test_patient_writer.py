"""A reader that stalls makes no one wait."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator

import pytest

from ngxpush.server.observing.patient_writer import PatientWriter
from tests.patience import PATIENCE

LINE = b"x" * 99 + b"\n"


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    ends = os.pipe()
    yield ends
    for end in ends:
        os.close(end)


def _full(end: int) -> int:
    """Fill a pipe. Returns how many bytes are in it."""
    flags = fcntl.fcntl(end, fcntl.F_GETFL)
    fcntl.fcntl(end, fcntl.F_SETFL, flags | os.O_NONBLOCK)
    count = 0
    for piece in (LINE * 40, b"x"):
        with contextlib.suppress(BlockingIOError):
            while True:
                count += os.write(end, piece)
    fcntl.fcntl(end, fcntl.F_SETFL, flags)
    return count


def _read(end: int, size: int) -> bytes:
    data = b""
    while len(data) < size:
        data += os.read(end, size - len(data))
    return data


def test_lines_in_their_order(pipe: tuple[int, int]) -> None:
    writer = PatientWriter(pipe[1])
    writer.write([b"1\n", b"2\n"])
    writer.write([b"3\n"])
    writer.close(PATIENCE)
    assert os.read(pipe[0], 99) == b"1\n2\n3\n"


@pytest.mark.parametrize("blocking", [True, False])
def test_a_reader_that_stalls(pipe: tuple[int, int], blocking: bool) -> None:
    before = _full(pipe[1])
    os.set_blocking(pipe[1], blocking)
    writer = PatientWriter(pipe[1], most_waiting=250)
    for _ in range(5):
        writer.write([LINE])  # the fourth and the fifth find 300 bytes waiting
    assert _read(pipe[0], before + 300)[-300:] == LINE * 3
    writer.write([b"new\n"])
    writer.close(PATIENCE)
    assert os.read(pipe[0], 999) == b"ngxpush: 2 lines are left out: nothing takes them\nnew\n"


def test_the_end_waits_no_longer_than_it_says(pipe: tuple[int, int]) -> None:
    before = _full(pipe[1])
    writer = PatientWriter(pipe[1])
    writer.write([LINE])
    writer.close(0)
    assert _read(pipe[0], before + 100).endswith(LINE)
    writer.close(PATIENCE)


def test_a_reader_that_is_gone(capfd: pytest.CaptureFixture[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    writer = PatientWriter(writing)
    writer.write([LINE])
    writer.write([LINE])
    writer.close(PATIENCE)
    os.close(writing)
    assert capfd.readouterr().err == "ngxpush: can't write the request log: Broken pipe\n"


def test_nothing_to_write(pipe: tuple[int, int]) -> None:
    PatientWriter(pipe[1]).close(PATIENCE)
