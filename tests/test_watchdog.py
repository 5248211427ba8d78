"""The watchdog barks: a run of pytest fails whose server writes what no server may write."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conformance.player import differences, program
from tests.patience import PATIENCE
from tests.watchdog import complaints

BAD = [
    "2026/01/01 00:00:00 [alert] 7#7: *1 request failed inside ngxpush: 'Traceback …', client: 127.0.0.1",
    "Traceback (most recent call last):",
    "Task exception was never retrieved",
    "sys:1: RuntimeWarning: coroutine 'f' was never awaited",
    "2026/01/01 00:00:00 [alert] 7#7: worker w1 is cut off from the channels: no message",
    "2026/01/01 00:00:00 [alert] 7#7: *3 something new, client: 127.0.0.1",
]
GOOD = [
    "2026/01/01 00:00:00 [error] 7#7: *1 push stream module: wrong websocket frames sequence",
    "2026/01/01 00:00:00 [alert] 7#7: worker process 8 exited on signal 9",
    "2026/01/01 00:00:00 [alert] 7#7: *3 header already sent, client: 127.0.0.1",
    'nginx: [alert] could not open error log file: open() "/x" failed (2: No such file or directory)',
    "nginx: [alert] kill(4194000, 15) failed (3: No such process)",
]


@pytest.fixture
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory, for a test that empties it: it is watched as well."""
    return tmp_path_factory.mktemp("elsewhere")


def write(path: Path, line: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"before\n{line}\nafter\n")


@pytest.mark.parametrize("line", BAD)
def test_what_no_server_may_write(elsewhere: Path, line: str) -> None:
    log = elsewhere / "logs" / "error.log"
    write(log, line)
    assert complaints(elsewhere) == [f"{log}: {line}"]
    log.unlink()


@pytest.mark.parametrize("line", GOOD)
def test_what_nginx_writes_too(tmp_path: Path, line: str) -> None:
    write(tmp_path / "output", line)
    assert complaints(tmp_path) == []


_TESTS = {
    "tmp_path": "def test_it(tmp_path):\n    (tmp_path / 'error.log').write_text('{line}')\n",
    "tmp_path_factory": "def test_it(tmp_path_factory):\n    (tmp_path_factory.mktemp('a') / 'output').write_text('{line}')\n",
}


@pytest.mark.parametrize(
    ("place", "line", "code"),
    [("tmp_path", BAD[1], 1), ("tmp_path_factory", BAD[2], 1), ("tmp_path", GOOD[0], 0)],
)
def test_a_run_fails(elsewhere: Path, place: str, line: str, code: int) -> None:
    (elsewhere / "conftest.py").write_text("from tests.watchdog import watch, watch_all\n")
    (elsewhere / "test_it.py").write_text(_TESTS[place].format(line=line))
    words = [sys.executable, "-m", "pytest", "--rootdir", elsewhere, "--basetemp", elsewhere / "temp", elsewhere]
    done = subprocess.run(words, capture_output=True, text=True, cwd=Path(__file__).parents[1], timeout=PATIENCE)
    assert done.returncode == code, done.stdout
    assert ("a server under test complained" in done.stdout) is (code == 1)
    for path in elsewhere.rglob("*"):
        if path.is_file() and not path.is_symlink():
            path.unlink()


def test_a_recording_is_not_equal(tmp_path: Path) -> None:
    """Whatever it answers."""
    server = tmp_path / "server"
    server.write_text("#!/bin/sh\necho 'Task exception was ne''ver retrieved' >$2/logs/error.log\n")
    server.chmod(0o755)
    recording = tmp_path / "recording.json"
    recording.write_text('{"config": "", "steps": [{"run": ["-v"], "expect": {"exit": 0}}]}')
    (complaint,) = differences(recording, program(str(server)))
    assert complaint.endswith("/logs/error.log: Task exception was never retrieved")
