"""The pid file. How a daemon leaves its starter is shown by tests/processes/test_life.py."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ngxpush.server.processes.daemon import InvalidPid, PidFile, Starter, living, read_pid


@pytest.mark.parametrize("content", [b"123", b"123\n", b"123\r\n\n"])
def test_a_pid(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "nginx.pid"
    path.write_bytes(content)
    assert read_pid(str(path)) == 123


@pytest.mark.parametrize("content", ["", "\n", "-5\n", "12 3", "words"])
def test_no_pid(tmp_path: Path, content: str) -> None:
    path = tmp_path / "nginx.pid"
    path.write_text(content)
    with pytest.raises(InvalidPid) as refused:
        read_pid(str(path))
    assert str(refused.value) == f'invalid PID number "{content.strip()}" in "{path}"'


def test_another_process_that_lives(tmp_path: Path) -> None:
    path = tmp_path / "nginx.pid"
    assert living(str(path)) is None
    parent = os.getppid()
    for content, alive in ((f"{parent}\n", parent), (f"{os.getpid()}\n", None), ("0", None), ("9" * 12, None), ("", None)):
        path.write_text(content)
        assert living(str(path)) == alive


def test_the_file_is_written_and_removed(tmp_path: Path) -> None:
    file = PidFile(str(tmp_path / "nginx.pid"))
    assert file.write() is None
    assert read_pid(file.path) == os.getpid()
    assert file.remove() is None
    assert file.remove() == f'unlink() "{file.path}" failed (2: No such file or directory)'


def test_no_directory_for_the_file(tmp_path: Path) -> None:
    path = f"{tmp_path}/missing/nginx.pid"
    assert PidFile(path).write() == f'open() "{path}" failed (2: No such file or directory)'


def test_a_starter_hears_twice_and_is_let_go() -> None:
    reader, writer = os.pipe()
    starter = Starter(writer)
    starter.succeed()
    assert os.read(reader, 10) == b"+"
    starter.release()
    starter.release()
    assert (os.read(reader, 10), os.read(reader, 10)) == (b"+", b"")
    os.close(reader)


def test_a_starter_that_is_gone() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    starter = Starter(writer)
    starter.succeed()
    starter.release()
    assert starter.pipe is None
