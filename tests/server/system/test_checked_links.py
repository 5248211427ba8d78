"""Paths that are opened part by part, so that links in them are refused."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from ngxpush.http.operations import LinkCheck
from ngxpush.server.system.files import open_file, stat

_EVERY, _FOREIGN = LinkCheck(owners=False, start=0), LinkCheck(owners=True, start=0)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A directory with a file, and links to both."""
    directory = tmp_path / "directory"
    directory.mkdir()
    (directory / "file").write_text("text")
    (directory / "link").symlink_to("file")
    (tmp_path / "to-directory").symlink_to("directory")
    return tmp_path.resolve()


def _failure(path: Path, links: LinkCheck) -> tuple[int | None, bytes]:
    with pytest.raises(OSError) as failed:
        open_file(os.fsencode(path), links)
    return failed.value.errno, failed.value.filename


@pytest.mark.parametrize("links", [_EVERY, _FOREIGN])
def test_a_path_without_links(root: Path, links: LinkCheck) -> None:
    file = open_file(os.fsencode(root / "directory//file"), links)
    assert file.read(0, 9) == b"text"
    file.close()
    assert stat(os.fsencode(root / "directory") + b"/", links).type == "directory"
    assert _failure(root / "directory/none", links) == (errno.ENOENT, b"none")


def test_links_are_refused(root: Path) -> None:
    assert _failure(root / "directory/link", _EVERY) == (errno.ELOOP, b"link")
    assert _failure(root / "to-directory/file", _EVERY) == (errno.ENOTDIR, b"to-directory")


def test_only_links_to_what_others_own(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert stat(os.fsencode(root / "to-directory/link"), _FOREIGN).size == 4
    real = os.stat

    def of_someone_else(path: bytes, dir_fd: int, follow_symlinks: bool) -> os.stat_result:
        found = list(real(path, dir_fd=dir_fd, follow_symlinks=follow_symlinks))
        found[4] += path == b"link"
        return os.stat_result(found)

    monkeypatch.setattr(os, "stat", of_someone_else)
    assert _failure(root / "directory/link", _FOREIGN) == (errno.ELOOP, b"link")


def test_what_is_not_looked_at(root: Path) -> None:
    trusted = os.fsencode(root / "to-directory")
    links = LinkCheck(owners=False, start=len(trusted))
    assert stat(trusted + b"/file", links).size == 4
    assert _failure(root / "to-directory/link", links) == (errno.ELOOP, b"link")
    assert _failure(root / "no-directory/file", links) == (errno.ENOENT, os.fsencode(root / "no-directory"))
