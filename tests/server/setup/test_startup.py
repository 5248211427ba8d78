from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from ngxpush.server.setup.reading import Failed, Source, read
from ngxpush.server.setup.startup import Setup, has_debug_log, set_up
from tests.http.serving import compiled
from tests.running import free_port


class Log(list[str]):
    def __call__(self, level: str, text: str) -> None:
        self.append(f"[{level}] {text}")


def source_in(directory: Path, http: str = "", main: str = "error_log error.log notice;", **more: str) -> Source:
    conf = directory / "nginx.conf"
    conf.write_text(f"pid nginx.pid; {main}\nevents {{}}\nhttp {{ access_log off; {http} }}\n")
    return Source(str(conf), f"{directory}/", **more)


def _set_up(source: Source, log: Log, before: Setup | None = None, testing: bool = False) -> Setup:
    return set_up(source, read(source, log), log, before, testing)


def _close(setup: Setup) -> None:
    for listening, _ in setup.sockets:
        listening.close(unlink=True)
    setup.files.close()


def test_directories_logs_and_sockets_are_there(tmp_path: Path) -> None:
    port, path = free_port(), tmp_path / "socket"
    http = f"client_body_temp_path body; server {{ listen 127.0.0.1:{port}; listen unix:{path}; error_log inner.log; }}"
    setup = _set_up(source_in(tmp_path, http), Log())
    assert [listening.name for listening, _ in setup.sockets] == [f"127.0.0.1:{port}", f"unix:{path}"]
    assert {"body", "error.log", "inner.log"} <= {entry.name for entry in tmp_path.iterdir()}
    assert not (tmp_path / "nginx.pid").exists()
    _close(setup)


def test_a_test_makes_the_pid_file_too(tmp_path: Path) -> None:
    _close(_set_up(source_in(tmp_path), Log(), testing=True))
    assert (tmp_path / "nginx.pid").exists()


def test_a_socket_that_cannot_be_had_closes_all_and_is_told_in_the_new_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("ngxpush.server.clients.listeners.time.sleep", lambda seconds: None)
    good = free_port()
    log = Log()
    before = set(os.listdir("/proc/self/fd"))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        bad = taken.getsockname()[1]
        with pytest.raises(Failed):
            _set_up(source_in(tmp_path, f"server {{ listen 127.0.0.1:{good}; listen 127.0.0.1:{bad}; }}"), log)
    assert set(os.listdir("/proc/self/fd")) <= before
    lines = (tmp_path / "error.log").read_text()
    assert lines.count(f"bind() to 127.0.0.1:{bad} failed") == 5 and lines.count("try again to bind()") == 5
    assert capfd.readouterr().err.splitlines()[-1] == "nginx: [emerg] still could not bind()"


def test_a_reload_keeps_the_sockets_still_wanted(tmp_path: Path) -> None:
    first, second, third = free_port(), free_port(), free_port()
    servers = "server {{ listen 127.0.0.1:{}; listen 127.0.0.1:{}; }}"
    before = _set_up(source_in(tmp_path, servers.format(first, second)), Log())
    after = _set_up(source_in(tmp_path, servers.format(second, third)), Log(), before)
    assert after.epoch == before.epoch + 1
    assert after.sockets[0][0] is before.sockets[1][0]
    assert after.sockets[1][0].name == f"127.0.0.1:{third}"
    _close(before)
    _close(after)


@pytest.mark.parametrize(
    ("main", "error_log", "where"),
    [
        ("", None, "stderr"),
        ("", "{directory}/start.log", "start.log"),
        ("error_log error.log;", "{directory}/start.log", "error.log"),
        ("error_log stderr;", "{directory}/start.log", "stderr"),
        ("error_log memory:64k debug;", "{directory}/start.log", "start.log"),
    ],
)
def test_where_errors_go(tmp_path: Path, capfd: pytest.CaptureFixture[str], main: str, error_log: str | None, where: str) -> None:
    source = source_in(tmp_path, main=main)
    if error_log is not None:
        source = Source(source.path, source.prefix, error_log=error_log.format(directory=tmp_path))
    setup = _set_up(source, Log())
    setup.error_log.log("error", "text")
    found = [path.name for path in tmp_path.glob("*.log") if "text" in path.read_text()]
    assert found + ["stderr"] * ("text" in capfd.readouterr().err) == [where]
    assert setup.error_log.on_stderr is (where == "stderr")
    assert not setup.error_log.takes("warn")
    _close(setup)


def test_a_zone_without_memory_is_reported_in_the_new_log(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    size = (1 << 63) - 1
    log = Log()
    with pytest.raises(Failed):
        _set_up(source_in(tmp_path, f"limit_conn_zone $uri zone=a:{size};"), log)
    words = (
        f"mmap(MAP_ANON|MAP_SHARED, {size}) failed (12: Cannot allocate memory)",
        f"munmap(FFFFFFFFFFFFFFFF, {size}) failed (22: Invalid argument)",
    )
    assert log == []
    assert capfd.readouterr().err == "".join(f"nginx: [alert] {text}\n" for text in words)
    assert all(text in (tmp_path / "error.log").read_text() for text in words)


@pytest.mark.parametrize(
    ("http", "has"),
    [
        ("error_log a.log; server { }", False),
        ("server { error_log a.log debug_http; }", True),
        ("server { location / { error_log a.log; error_log b.log debug; } }", True),
    ],
)
def test_whether_a_log_takes_debug_lines(http: str, has: bool) -> None:
    assert has_debug_log(compiled(http)) is has
