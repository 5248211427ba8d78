"""Changes to the files of caches."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from ngxpush.server.system.cache_files import SystemCacheFiles

_FILES = SystemCacheFiles()


def test_a_file_gets_its_place_with_directories(tmp_path: Path) -> None:
    source, target = tmp_path / "temporary", tmp_path / "c/1/23/name"
    source.write_bytes(b"abc")
    _FILES.place(bytes(source), bytes(target))
    assert target.read_bytes() == b"abc"
    assert (tmp_path / "c/1").stat().st_mode & 0o777 == 0o700
    _FILES.overwrite(bytes(target), b"a", b"X")
    _FILES.overwrite(bytes(target), b"a", b"Y")
    assert target.read_bytes() == b"Xbc"
    _FILES.remove(bytes(target))
    _FILES.remove(bytes(target))
    assert not target.exists()


def test_another_file_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rename, source, target = os.rename, tmp_path / "temporary", tmp_path / "name"
    source.write_bytes(b"abc")

    def refuse(old: bytes, new: bytes) -> None:
        if old == bytes(source):
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        rename(old, new)

    monkeypatch.setattr(os, "rename", refuse)
    _FILES.place(bytes(source), bytes(target))
    assert (target.read_bytes(), source.exists()) == (b"abc", False)
