"""When files change. What an editor or `git` does with them is done here."""

from __future__ import annotations

import asyncio
import itertools
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ngxpush.server.setup.changes import ConfigurationFiles, changed
from tests.patience import PATIENCE


def _files(directory: Path) -> ConfigurationFiles:
    """nginx.conf with its includes, and a file that is not there."""
    (directory / "sites" / "a").mkdir(parents=True)
    (directory / "nginx.conf").write_text("events {}")
    (directory / "sites" / "a" / "site.conf").write_text("server {}")
    names = ("nginx.conf", "sites/a/site.conf", "snippets/absent.conf")
    files = frozenset(str(directory / name) for name in names)
    return ConfigurationFiles.of(files, frozenset([str(directory / "sites" / "*" / "*.conf")]))


def _replace(directory: Path) -> None:
    (directory / "new").write_text("events { }")
    (directory / "new").rename(directory / "nginx.conf")


def _add_directory(directory: Path) -> None:
    (directory / "sites" / "b").mkdir()
    (directory / "sites" / "b" / "site.conf").write_text("server {}")


def _add_absent(directory: Path) -> None:
    (directory / "snippets").mkdir()
    (directory / "snippets" / "absent.conf").write_text("")


CHANGES: list[Callable[[Path], object]] = [
    lambda directory: (directory / "nginx.conf").write_text("events {} http {}"),
    _replace,
    lambda directory: (directory / "sites" / "a" / "site.conf").unlink(),
    lambda directory: (directory / "sites" / "a" / "other.conf").write_text(""),
    _add_absent,
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_noticed(tmp_path: Path, change: Callable[[Path], object]) -> None:
    files = _files(tmp_path)

    async def play() -> None:
        waiting = asyncio.ensure_future(changed(files))
        await asyncio.sleep(0)
        change(tmp_path)
        await asyncio.wait_for(waiting, PATIENCE)

    asyncio.run(play())


def test_a_change_before_anyone_watched_is_noticed(tmp_path: Path) -> None:
    files = _files(tmp_path)
    _replace(tmp_path)
    asyncio.run(asyncio.wait_for(changed(files), PATIENCE))


def test_a_change_while_they_were_read_is_noticed(tmp_path: Path) -> None:
    files = _files(tmp_path)
    seen = files.seen()
    _replace(tmp_path)
    assert ConfigurationFiles.of(files.files, files.patterns, seen).have_changed
    assert not ConfigurationFiles.of(files.files, files.patterns).have_changed


@pytest.mark.parametrize("writes", [3, 1000])
def test_what_is_still_written_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, writes: int) -> None:
    """But not without end."""
    files, waits = _files(tmp_path), itertools.count()

    async def write_meanwhile(seconds: float) -> None:
        if next(waits) < writes:
            _replace(tmp_path)

    monkeypatch.setattr("ngxpush.server.setup.changes.asyncio.sleep", write_meanwhile)
    _replace(tmp_path)
    asyncio.run(changed(files))
    assert next(waits) == min(writes + 1, 20)


def test_a_file_in_a_new_directory(tmp_path: Path) -> None:
    files = _files(tmp_path)
    assert str(tmp_path / "sites") in files.directories
    _add_directory(tmp_path)
    assert files.have_changed


def test_what_does_not_change_the_configuration(tmp_path: Path) -> None:
    files = _files(tmp_path)
    (tmp_path / "nginx.conf~").write_text("")
    (tmp_path / "sites" / "a" / "notes.txt").write_text("")
    (tmp_path / "sites" / "b").mkdir()
    assert not files.have_changed


def test_a_link_is_watched_where_it_leads(tmp_path: Path) -> None:
    (tmp_path / "available").mkdir()
    (tmp_path / "available" / "a.conf").write_text("")
    (tmp_path / "enabled").mkdir()
    os.symlink(tmp_path / "available" / "a.conf", tmp_path / "enabled" / "a.conf")
    files = ConfigurationFiles.of(frozenset([str(tmp_path / "enabled" / "a.conf")]), frozenset())
    assert str(tmp_path / "available") in files.directories
    (tmp_path / "available" / "a.conf").write_text("server {}")
    assert files.have_changed


@pytest.mark.parametrize(
    "error",
    [
        OSError("OS file watch limit reached."),
        UnicodeEncodeError("utf-8", "\udce9", 0, 1, "surrogates not allowed"),  # the name of a directory
        ExceptionGroup("", [RuntimeError("Unable to decode path")]),  # of a file in one
    ],
)
def test_where_directories_can_not_be_watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """The files are looked at all the same."""
    files, asked = _files(tmp_path), list[str]()

    def refuse(*directories: str, **options: object) -> None:
        asked.extend(directories)
        _replace(tmp_path)
        raise error

    monkeypatch.setattr("watchfiles.awatch", refuse)
    asyncio.run(asyncio.wait_for(changed(files), PATIENCE))
    assert str(tmp_path) in asked
