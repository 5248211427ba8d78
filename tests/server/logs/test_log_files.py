from __future__ import annotations

import gzip
import os
import re
from pathlib import Path

import pytest

from ngxpush.server.logs.log_files import STDERR, ErrorLog, LogFiles, format_line, open_log, report_briefly


def test_a_line_has_nginx_form() -> None:
    pid = os.getpid()
    assert re.fullmatch(rb"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d \[warn\] %d#%d: text\n" % (pid, pid), format_line("warn", "text"))
    assert format_line("info", b"\xff", 7).endswith(b"#%d: *7 \xff\n" % pid)


@pytest.mark.parametrize(("level", "written"), [("emerg", 2), ("error", 2), ("warn", 1), ("notice", 1), ("info", 0)])
def test_each_target_takes_its_level_and_graver_ones(tmp_path: Path, level: str, written: int) -> None:
    files = LogFiles()
    log = ErrorLog([(files.open(str(tmp_path / "a")), "error"), (files.open(str(tmp_path / "b")), "notice")])
    assert log.takes(level) is (written > 0)
    log.log(level, "text")
    assert sum(path.read_bytes().count(b"text") for path in tmp_path.iterdir()) == written
    files.close()


@pytest.mark.parametrize("keeps", [False, True])
def test_standard_error_is_the_first_file_unless_it_is_a_log_itself(tmp_path: Path, keeps: bool) -> None:
    files = LogFiles()
    log = ErrorLog([(files.open(str(tmp_path / "a")), "error")], keeps_stderr=keeps)
    before = os.dup(2)
    log.redirect_stderr()
    os.write(2, b"text")
    os.dup2(before, 2)
    os.close(before)
    files.close()
    assert (tmp_path / "a").read_bytes() == (b"" if keeps else b"text")


def test_a_line_in_full_goes_to_all_targets(tmp_path: Path) -> None:
    files = LogFiles()
    log = ErrorLog([(files.open(str(tmp_path / level)), level) for level in ("alert", "info")])
    log.log("debug", "text", 7, in_full=True)
    files.close()
    assert [(tmp_path / level).read_text().count("[debug]") for level in ("alert", "info")] == [1, 1]


def test_a_path_is_opened_once_and_anew_when_it_was_renamed(tmp_path: Path) -> None:
    path = tmp_path / "log"
    files = LogFiles()
    file = files.open(str(path))
    assert files.open(str(path)) is file
    file.write(b"one\n")
    path.rename(tmp_path / "old")
    file.write(b"two\n")
    files.reopen(pytest.fail, owner=os.geteuid())
    file.write(b"three\n")
    assert (tmp_path / "old").read_bytes() == b"one\ntwo\n"
    assert path.read_bytes() == b"three\n"
    files.close()


def test_a_file_that_cannot_be_opened_anew_is_kept(tmp_path: Path) -> None:
    directory = tmp_path / "directory"
    directory.mkdir()
    files = LogFiles()
    file = files.open(f"{directory}/log")
    directory.rename(tmp_path / "moved")
    failures: list[str] = []
    files.reopen(failures.append)
    file.write(b"text\n")
    assert failures == [f'open() "{directory}/log" failed (2: No such file or directory)']
    assert (tmp_path / "moved/log").read_bytes() == b"text\n"
    files.close()


def test_a_buffer_holds_lines_back_and_may_be_packed(tmp_path: Path) -> None:
    path = tmp_path / "log.gz"
    files = LogFiles()
    file = files.open(str(path))
    file.buffer_size, file.gzip_level = 10, 1
    file.write(b"12345\n")
    assert path.read_bytes() == b""
    file.write(b"6789\n")
    assert gzip.decompress(path.read_bytes()) == b"12345\n"
    files.close()
    assert gzip.decompress(path.read_bytes()) == b"12345\n6789\n"


def test_a_full_disk_is_reported_once_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    failed: list[str] = []
    file = LogFiles().open("/dev/full")
    file.failed = failed.append
    now = 1000.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    file.write(b"one\n")
    now += 59
    file.write(b"two\n")
    assert failed == ['write() to "/dev/full" failed (28: No space left on device)']
    now += 1
    file.write(b"three\n")
    assert len(failed) == 2
    file.close()


def test_a_line_that_is_written_in_part_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failed: list[str] = []
    file = LogFiles().open(str(tmp_path / "a"))
    file.failed = failed.append
    monkeypatch.setattr("os.write", lambda descriptor, content: 2)
    file.write(b"line\n")
    assert failed == [f'write() to "{tmp_path}/a" was incomplete: 2 of 5']
    file.close()


def test_what_is_grave_is_told_at_the_terminal_too(capfd: pytest.CaptureFixture[str]) -> None:
    for level in ("emerg", "warn", "notice"):
        report_briefly(level, "text")
    assert capfd.readouterr().err == "nginx: [emerg] text\nnginx: [warn] text\n"


def test_someone_else_takes_what_goes_to_standard_error(tmp_path: Path) -> None:
    """Also where it takes the place of a file that can't be opened."""
    taken: list[bytes] = []
    files = LogFiles(lambda path: STDERR if path == "/absent" else open_log(path), taken.append)
    for path in ("stderr", "/absent", str(tmp_path / "a")):
        files.open(path).write(path.encode() + b"\n")
    files.close()
    assert taken == [b"stderr\n", b"/absent\n"]
