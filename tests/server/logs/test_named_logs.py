"""Which log files with variables in their names stay open."""

from __future__ import annotations

from pathlib import Path

import pytest

from ngxpush.config.directives.http.log import LogFileCache
from ngxpush.server.logs.named_logs import NamedLogs


class _Logs:
    """Logs below a directory."""

    def __init__(self, directory: Path, settings: LogFileCache) -> None:
        self.now = 0.0
        self._directory = directory
        self._logs = NamedLogs(settings, lambda: self.now, pytest.fail)

    def write(self, *names: str) -> None:
        for name in names:
            self._logs.write(str(self._directory / name), b"1")

    def open_after(self, *names: str) -> list[str]:
        """Which of them stay open: the lines of those go to the files that had these names before."""
        for name in names:
            (self._directory / name).rename(self._directory / f"old {name}")
        self.write(*names)
        return [name for name in names if not (self._directory / name).exists()]


def test_only_those_of_the_last_use_stay_open(tmp_path: Path) -> None:
    logs = _Logs(tmp_path, LogFileCache(most=2))
    logs.write("a", "b", "a", "c")
    assert logs.open_after("a", "c") == ["a", "c"]
    logs.write("d")
    assert logs.open_after("d") == ["d"]


def test_only_those_that_are_used_often(tmp_path: Path) -> None:
    logs = _Logs(tmp_path, LogFileCache(most=9, min_uses=2))
    logs.write("a", "a", "b")
    assert logs.open_after("a", "b") == ["a"]


def test_only_those_in_use(tmp_path: Path) -> None:
    logs = _Logs(tmp_path, LogFileCache(most=9, inactive=10, valid=100))
    logs.write("a")
    logs.now = 11
    logs.write("b")
    assert logs.open_after("a", "b") == ["b"]


def test_a_file_that_is_valid_is_looked_at_and_stays(tmp_path: Path) -> None:
    logs = _Logs(tmp_path, LogFileCache(most=9, valid=5))
    logs.write("a")
    logs.now = 5
    logs.write("a")
    assert (tmp_path / "a").read_bytes() == b"11"
    assert logs.open_after("a") == ["a"]
    (tmp_path / "a").write_bytes(b"other ")
    logs.now = 10
    logs.write("a")
    assert (tmp_path / "a").read_bytes() == b"other 1"


def test_one_that_cant_be_opened_takes_no_place(tmp_path: Path) -> None:
    logs = _Logs(tmp_path, LogFileCache(most=1))
    logs.write("a")
    with pytest.raises(FileNotFoundError):
        logs.write("none/b")
    assert logs.open_after("a") == ["a"]
