"""Files of this machine, as handlers see them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ngxpush.http.operations import DirectoryEntry, FileStatus
from ngxpush.server.system.files import list_directory, open_file, read_file, stat


def _file(folder: Path, name: str = "a") -> bytes:
    path = folder / name
    path.write_bytes(b"content")
    os.utime(path, (5, 5))
    return os.fsencode(path)


def test_an_open_file(tmp_path: Path) -> None:
    file = open_file(_file(tmp_path), None)
    assert file.status == FileStatus("file", 7, 5)
    assert file.read(3, 100) == b"tent"
    file.close()


def test_a_fifo_without_a_writer_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    file = open_file(os.fsencode(tmp_path / "fifo"), None)
    assert file.status.type == "other"
    file.close()


def test_what_a_path_names(tmp_path: Path) -> None:
    assert stat(_file(tmp_path), None) == FileStatus("file", 7, 5)
    directory = tmp_path.stat()
    assert stat(os.fsencode(tmp_path), None) == FileStatus("directory", directory.st_size, int(directory.st_mtime), True)
    assert read_file(_file(tmp_path)) == b"content"
    with pytest.raises(FileNotFoundError):
        stat(os.fsencode(tmp_path / "none"), None)


def test_a_directory_with_its_broken_links(tmp_path: Path) -> None:
    _file(tmp_path)
    (tmp_path / "broken").symlink_to("none")
    (tmp_path / "loop").symlink_to("loop")
    entries = sorted(list_directory(os.fsencode(tmp_path)), key=lambda entry: entry.name)
    assert entries[0] == DirectoryEntry(b"a", FileStatus("file", 7, 5))
    assert [(entry.name, entry.status.type, entry.status.size) for entry in entries[1:]] == [
        (b"broken", "other", 4),
        (b"loop", "other", 4),
    ]
