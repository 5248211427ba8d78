"""Where a body is kept: in memory, or in a file that is written while it comes."""

from __future__ import annotations

from typing import Any

import pytest

from ngxpush.http.connection.states import State
from tests.http.fakes import MemoryBodyFile

from .client import Client, post


class _Disk:
    """A performer whose disk is as slow as the test wants. failing: what making a file fails with."""

    def __init__(self, failing: OSError | None = None) -> None:
        self.failing = failing
        self.made: list[tuple[bytes | None, tuple[int, ...], bool]] = []
        self.file = MemoryBodyFile()

    def make_body_file(self, directory: bytes | None, levels: tuple[int, ...], named: bool) -> MemoryBodyFile:
        if self.failing is not None:
            raise self.failing
        self.made.append((directory, levels, named))
        return self.file

    def write(self, error: OSError | None = None) -> None:
        """The disk is done with what it has been given."""
        self.file.written.pop(0)(error)


def _client(disk: _Disk, **core: Any) -> Client:
    client = Client(**core)
    client.hosting.performer = disk
    return client


def _chunked(size: int) -> bytes:
    head = b"POST /file HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    return head + (b"%x\r\n%b\r\n" % (size, b"x" * size) if size else b"") + b"0\r\n\r\n"


@pytest.mark.parametrize(
    ("mode", "request_bytes", "is_filed"),
    [
        ("off", post(b"/file", b"x" * 5119), False),
        ("off", post(b"/file", b"x" * 6000), False),  # 975 bytes of it fit into the head's buffer
        ("off", post(b"/file", b"x" * 6500), True),
        ("off", _chunked(5047), False),  # with what does not fit beside the head: 4096 bytes
        ("off", _chunked(5048), True),
        ("on", post(b"/file", b"x"), True),
        ("clean", post(b"/file", b""), True),
        ("on", _chunked(0), True),
        ("on", b"GET /file HTTP/1.1\r\nHost: a\r\n\r\n", False),
        ("off", post(b"/body", b"x" * 6000), False),
    ],
)
def test_what_goes_to_a_file(mode: str, request_bytes: bytes, is_filed: bool) -> None:
    """Measured with nginx 1.22.1. A handler that needs the bytes gets them."""
    disk = _Disk()
    client = _client(disk, client_body_buffer_size=4096, client_body_in_file_only=mode)
    client.send(request_bytes)
    while disk.file.written:
        disk.write()
    assert client.transport.written.startswith(b"HTTP/1.1 200")
    assert bool(disk.made) == is_filed and (b"in /temp/0000000001" in client.transport.written) == is_filed


@pytest.mark.parametrize(("later", "is_filed"), [(b"9abcdef\r\n0\r\n\r\n", False), (b"9abcdef\r\n0;ab\r\n\r\n", True)])
def test_the_sizes_of_chunks_count(later: bytes, is_filed: bool) -> None:
    disk = _Disk()
    client = _client(disk, client_body_buffer_size=16)
    client.send(b"POST /file HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n012345678")
    client.send(later)
    assert bool(disk.made) == is_filed


@pytest.mark.parametrize(
    ("mode", "level", "removed"), [("off", "warn", False), ("on", "notice", False), ("clean", "notice", True)]
)
def test_how_long_a_file_has_a_name(mode: str, level: str, removed: bool) -> None:
    disk = _Disk()
    client = _client(disk, client_body_in_file_only=mode, client_body_temp_path=(b"/temp", (1, 2)))
    client.send(post(b"/file", b"x" * 30_000))
    assert disk.file.removed is None, "the request uses it"
    disk.write()
    assert disk.made == [(b"/temp", (1, 2), mode != "off")] and disk.file.removed is removed
    assert "a client request body is buffered to a temporary file /temp/0000000001" in client.hosting.logged


def test_a_handler_that_needs_the_bytes_does_not_want_the_file_logged() -> None:
    disk = _Disk()
    client = _client(disk, client_body_in_file_only="on")
    client.send(post(b"/body", b"x"))
    assert disk.made and "temporary file" not in client.hosting.logged


def test_the_answer_waits_until_the_body_is_written() -> None:
    disk = _Disk()
    client = _client(disk)
    client.send(post(b"/file", b"x" * 200_000, 300_000))
    assert client.send(b"y" * 100_000) == b""
    disk.write()
    assert client.transport.written == b"", "the second part is not written yet"
    disk.write()
    assert client.transport.written.endswith(b"in /temp/0000000001")
    assert disk.file.content == b"x" * 200_000 + b"y" * 100_000


def test_a_client_that_is_faster_than_the_disk_is_not_read_and_not_late() -> None:
    disk = _Disk()
    client = _client(disk, client_body_timeout=1000)
    client.send(post(b"/file", b"x" * 200_000, 1_000_000))
    client.send(b"x" * 200_000)
    assert client.connection.wants_bytes
    client.send(b"x" * 200_000)
    assert not client.connection.wants_bytes
    client.advance(1.5)
    assert client.state is State.SERVING
    disk.write()
    assert client.connection.wants_bytes


def test_a_full_disk_is_a_500_at_once() -> None:
    disk = _Disk()
    client = _client(disk)
    client.send(post(b"/file", b"x" * 200_000, 1_000_000))
    disk.write(OSError(28, "No space left on device"))
    assert client.transport.written.startswith(b"HTTP/1.1 500") and b"Connection: close" in client.transport.written
    assert 'pwrite() "/temp/0000000001" failed (28: No space left on device)' in client.hosting.logged
    assert client.state is State.LINGERING and client.connection.wants_bytes


def test_a_full_disk_after_the_end_of_the_body_is_one_too() -> None:
    disk = _Disk()
    client = _client(disk)
    client.send(post(b"/file", b"x" * 200_000))
    disk.write(OSError(28, "No space left on device"))
    assert client.transport.written.startswith(b"HTTP/1.1 500")


def test_a_file_that_can_not_be_made_is_a_500() -> None:
    error = OSError(13, "Permission denied")
    error.filename = b"/temp/0000000001"
    client = _client(_Disk(error))
    assert client.send(post(b"/file", b"x" * 30_000, 60_000)).startswith(b"HTTP/1.1 500")
    assert 'open() "/temp/0000000001" failed (13: Permission denied)' in client.hosting.logged


def test_a_client_that_leaves_in_the_middle_leaves_no_file() -> None:
    disk = _Disk()
    client = _client(disk, client_body_in_file_only="clean")
    client.send(post(b"/file", b"x" * 200_000, 300_000))
    client.leave()
    assert disk.file.removed and client.state is State.CLOSED
    disk.write()
    assert client.transport.written == b""
