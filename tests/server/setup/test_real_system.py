"""ngxpush.server.setup.real_system: the machine as the configuration sees it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ngxpush.server.setup.real_system import RealSystem


def test_files(tmp_path: Path) -> None:
    for name in ("b.conf", "a.conf", "c.txt"):
        (tmp_path / name).write_bytes(b"x;")
    system = RealSystem()
    assert system.glob(f"{tmp_path}/*.conf") == [f"{tmp_path}/a.conf", f"{tmp_path}/b.conf"]
    assert (system.read(f"{tmp_path}/a.conf"), system.text(f"{tmp_path}/a.conf")) == (b"x;", b"x;")
    system.credentials(f"{tmp_path}/a.conf")
    with pytest.raises(FileNotFoundError):
        system.credentials(f"{tmp_path}/none")
    with pytest.raises(IsADirectoryError):
        system.read(str(tmp_path))


def test_names() -> None:
    system = RealSystem()
    assert list(system.addresses("127.0.0.1")) == ["127.0.0.1"]
    assert not system.addresses("a" * 300)
    assert system.hostname() == os.fsencode(os.uname().nodename)


def test_ciphers_are_those_of_openssl() -> None:
    assert RealSystem().has_ciphers("HIGH:!aNULL:nonsense")
    assert not RealSystem().has_ciphers("nonsense")
