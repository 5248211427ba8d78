"""Changes to files with the rights of nginx's user."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path

import pytest

from ngxpush.server.system.file_tree import SystemFileTree


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's process acts as another user")
def test_root_changes_nothing_that_nobody_may_not_change() -> None:
    with tempfile.TemporaryDirectory(prefix="ngxpush-") as directory:  # pytest's own are closed to other users
        os.chmod(directory, 0o755)
        path = os.fsencode(directory) + b"/a"
        Path(directory, "a").touch()
        tree = SystemFileTree()
        for change in (
            lambda: tree.unlink(path),
            lambda: tree.store(path, path + b"b", 0o600, None),
            lambda: tree.rename(path, path + b"b"),
        ):
            with pytest.raises(PermissionError):
                change()
        assert os.geteuid() == 0
        SystemFileTree((b"root", b"root")).unlink(path)
        assert os.listdir(directory) == []


def test_a_file_moves_to_another_file_system_and_takes_the_place_of_a_link(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = os.rename

    def across(source: bytes, target: bytes) -> None:
        if os.path.basename(source) == b"a":
            raise OSError(errno.EXDEV, "another file system")
        rename(source, target)

    monkeypatch.setattr(os, "rename", across)
    (tmp_path / "a").write_text("new")
    (tmp_path / "other").write_text("old")
    (tmp_path / "b").symlink_to("other")
    SystemFileTree((b"root",)).store(os.fsencode(tmp_path / "a"), os.fsencode(tmp_path / "b"), 0o640, 1_000_000)
    status = (tmp_path / "b").lstat()
    assert (status.st_mode, status.st_mtime) == (0o100640, 1_000_000)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"b": "new", "other": "old"}


def test_an_unknown_user_changes_nothing_here(tmp_path: Path) -> None:
    SystemFileTree((b"no_such_user",)).make_directory(os.fsencode(tmp_path / "d"), 0o700)
    assert SystemFileTree().names(os.fsencode(tmp_path / "none")) == []
