"""From start to stop: what the process that starts the daemon sees, and what is left after the stop."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

from tests.clients import get, publish, subscription, wait_for_subscribers
from tests.patience import PATIENCE, wait_until
from tests.running import NGXPUSH, free_port, wait_for_port

from .server import Server, children, is_alive, serving
from .sizes import CYCLES


def _processes(directory: Path) -> list[str]:
    """The processes whose command line names the directory."""
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                line = (process / "cmdline").read_bytes().decode(errors="replace")
            except OSError:
                continue
            if str(directory) in line and is_alive(int(process.name)):
                found.append(line)
    return found


def test_nothing_is_left_after_start_and_stop(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "socket"
    server = Server(tmp_path, more=f"server {{ listen unix:{path}; }}\n")
    before = time.monotonic()
    for _ in range(CYCLES):
        server.start()
        assert path.exists()
        server.signal("stop")
        wait_until(lambda: not server.pid_file.exists())
    seconds = (time.monotonic() - before) / CYCLES
    with capsys.disabled():
        print(f" {CYCLES} cycles of start and stop, {seconds:.2f} s each ", end="")
    wait_until(lambda: not _processes(tmp_path))
    assert not path.exists()
    assert {entry.name for entry in tmp_path.iterdir()} == {"nginx.conf", "error.log"}
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.port))


def test_the_starter_returns_when_the_server_can_be_asked(tmp_path: Path) -> None:
    server = Server(tmp_path)
    done = server.command()
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    try:
        assert get(server.port, "/statistics").status == 200
        links = {number: os.readlink(f"/proc/{server.master}/fd/{number}") for number in (0, 1, 2)}
        assert (links[0], links[1], links[2]) == ("/dev/null", "/dev/null", str(tmp_path / "error.log"))
        assert os.getsid(server.master) == server.master
    finally:
        server.stop()


def test_the_starter_returns_when_all_workers_serve(tmp_path: Path) -> None:
    server = Server(tmp_path, workers=4)
    assert server.command().returncode == 0
    try:
        assert len(get(server.port, "/statistics").json["by_worker"]) == 4
    finally:
        server.stop()


def test_stop_right_after_start(tmp_path: Path) -> None:
    server = Server(tmp_path)
    assert server.command().returncode == 0
    server.stop()
    assert not server.pid_file.exists()


_SLOW = "server {{ listen 127.0.0.1:{port}; location / {{ limit_rate 100; root {directory}; }} }}\n"
_LATE = b"POST /pub?id=x HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n"


@pytest.mark.parametrize("workers", [1, 2])
def test_workers_finish_what_they_serve_when_their_master_is_killed(tmp_path: Path, workers: int) -> None:
    (tmp_path / "file").write_text("x" * 200)
    port = free_port()
    with serving(tmp_path, workers, _SLOW.format(port=port, directory=tmp_path)) as server:
        family = server.workers
        with (
            subscription(server.port, "/sub/x") as subscriber,
            socket.create_connection(("127.0.0.1", port)) as slow,
            socket.create_connection(("127.0.0.1", server.port)) as late,
        ):
            wait_for_subscribers(server.port, "/statistics?id=x")
            late.sendall(_LATE + b"la")
            slow.sendall(b"GET /file HTTP/1.0\r\n\r\n")
            answer = slow.recv(4096)
            os.kill(server.master, signal.SIGKILL)
            assert subscriber.rest() == b""
            server.start()  # its addresses are free
            assert get(server.port, "/statistics").json["subscribers"] == 0
            server.stop()
            late.sendall(b"te")
            # the channels of several workers were in the master
            assert late.recv(4096).startswith(b"HTTP/1.1 200" if workers == 1 else b"HTTP/1.1 503")
            while data := slow.recv(4096):
                answer += data
        assert answer.endswith(b"x" * 200)
        wait_until(lambda: not any(is_alive(pid) for pid in family))
        assert "[alert]" not in server.log
        assert "Traceback" not in server.log


@pytest.mark.parametrize("workers", [1, 2])
def test_after_quit_the_port_is_closed_while_requests_are_finished(tmp_path: Path, workers: int) -> None:
    with serving(tmp_path, workers) as server, socket.create_connection(("127.0.0.1", server.port)) as late:
        late.sendall(_LATE + b"la")
        assert get(server.port, "/pid").status == 200  # what came before is read
        family = {server.master, *server.workers}
        server.signal("quit")
        wait_until(lambda: _is_closed(server.port))
        late.sendall(b"te")
        assert b"\r\nConnection: close\r\n" in late.recv(4096)
        wait_until(lambda: not any(is_alive(pid) for pid in family))


def _is_closed(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except ConnectionRefusedError:
        return True
    return False


def test_workers_that_die_at_once_are_all_replaced(tmp_path: Path) -> None:
    with serving(tmp_path, 4) as server:
        old = server.workers
        os.kill(server.master, signal.SIGSTOP)  # so that it hears of all of them together
        for pid in old:
            os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not server.workers)
        os.kill(server.master, signal.SIGCONT)
        wait_until(lambda: len(server.workers) == 4)
        assert get(server.port, "/statistics").status == 200


@pytest.mark.parametrize("name", ["stop", "quit"])
def test_stop_and_quit_end_subscribers(tmp_path: Path, name: str) -> None:
    with serving(tmp_path, 2) as server, subscription(server.port, "/sub/x") as subscriber:
        wait_for_subscribers(server.port, "/statistics?id=x")
        publish(server.port, "/pub?id=x", b"text")
        server.stop(name)
        assert subscriber.rest() == b"x 1 text\n"


def test_a_worker_that_does_not_stop_is_killed(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        (worker,) = server.workers
        os.kill(worker, signal.SIGSTOP)
        server.stop()
        assert f"worker process {worker} exited on signal 9" in server.log


@pytest.mark.parametrize("number", [signal.SIGUSR2, signal.SIGWINCH, signal.SIGALRM, signal.SIGIO])
def test_other_signals_are_logged_and_change_nothing(tmp_path: Path, number: signal.Signals) -> None:
    with serving(tmp_path) as server:
        assert get(server.port, "/statistics").status == 200
        family = {server.master, *server.workers}
        for pid in family:
            os.kill(pid, number)
        wait_until(lambda: f"signal {int(number)} (SIG" in server.log)
        assert get(server.port, "/statistics").status == 200
        assert {server.master, *server.workers} == family


def test_without_a_master(tmp_path: Path) -> None:
    server = Server(tmp_path, main="master_process off;\n")
    server.start()
    try:
        assert children(server.master) == set()
        assert get(server.port, "/pid").body == str(server.master).encode()
    finally:
        server.stop()
    assert not server.pid_file.exists()


def test_in_the_foreground(tmp_path: Path) -> None:
    server = Server(tmp_path)
    words = [str(NGXPUSH), "nginx", "-c", str(server.conf), "-g", "daemon off;"]
    process = subprocess.Popen(words, stdin=subprocess.DEVNULL)
    wait_for_port(server.port, process)
    wait_until(lambda: server.pid_file.exists() and server.pid_file.read_text() != "")
    assert server.master == process.pid
    log, moved = tmp_path / "error.log", tmp_path / "moved.log"
    wait_until(lambda: os.readlink(f"/proc/{process.pid}/fd/2") == str(log))
    log.rename(moved)
    server.signal("reopen")
    wait_until(lambda: all(os.readlink(f"/proc/{pid}/fd/2") == str(log) for pid in (process.pid, *server.workers)))
    server.signal("quit")
    assert process.wait(PATIENCE) == 0


def test_a_client_that_waits_since_there_is_a_pid_file_is_served_before_a_graceful_end(tmp_path: Path) -> None:
    server = Server(tmp_path)
    process = subprocess.Popen([str(NGXPUSH), "nginx", "-c", str(server.conf), "-g", "daemon off;"], stdin=subprocess.DEVNULL)
    wait_until(lambda: server.pid_file.exists() and server.pid_file.read_text() != "")
    with socket.create_connection(("127.0.0.1", server.port), 30) as client, client.makefile("rb") as answer:
        client.sendall(b"GET /pid HTTP/1.0\r\n\r\n")
        process.send_signal(signal.SIGQUIT)
        assert answer.readline().startswith(b"HTTP/1.1 200")
    assert process.wait(PATIENCE) == 0


def test_an_address_in_use_is_reported_and_nothing_is_started(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", free_port())) as other:
        port = other.getsockname()[1]
        server = Server(tmp_path, more=f"server {{ listen 127.0.0.1:{port}; }}\n")
        done = server.command()
    assert done.returncode == 1
    assert done.stderr.count(f"bind() to 127.0.0.1:{port} failed (98: Address already in use)") == 5
    assert done.stderr.count("still could not bind()") == 1
    assert not server.pid_file.exists()


def test_the_log_says_what_nginx_says(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        worker = min(server.workers)
        done = server.command("-s", "reload")
        assert done.returncode == 0
        wait_until(lambda: worker not in server.workers)
        master = server.master
        server.stop()
    lines = [line.partition(": ")[2] for line in server.log.splitlines() if f"{master}#{master}" in line]
    text = "\n".join(lines)
    assert f"start worker processes\nstart worker process {worker}\nsignal 1 (SIGHUP) received from " in text
    assert ", reconfiguring\nreconfiguring\n" in text
    assert f"signal 17 (SIGCHLD) received from {worker}\nworker process {worker} exited with code 0" in text
    assert "signal 15 (SIGTERM) received from " in text
    assert text.endswith("exited with code 0\nexit")


def test_log_files_are_opened_anew(tmp_path: Path) -> None:
    with serving(tmp_path, 2) as server:
        log = tmp_path / "error.log"
        log.rename(tmp_path / "error.log.1")
        server.signal("reopen")
        wait_until(lambda: log.exists() and server.log.count("reopening logs") == 0)
        log.write_text("")
        assert get(server.port, "/statistics").status == 200
        server.reload()
        assert "start worker process" in server.log


def test_all_is_loaded_before_the_sockets_listen(tmp_path: Path) -> None:
    """Python writes each module that it loads to standard error, which becomes the error log when the server has started."""
    server = Server(tmp_path)
    words = [NGXPUSH, "nginx", "-c", server.conf, "-g", "daemon off;"]
    before = tmp_path / "stderr"
    with before.open("w") as stderr:
        process = subprocess.Popen(words, env={**os.environ, "PYTHONPROFILEIMPORTTIME": "1"}, stderr=stderr)
    try:
        wait_for_port(server.port)
        assert publish(server.port, "/pub?id=a", b"text").status == 200
        server.reload()
    finally:
        process.terminate()
        process.wait(PATIENCE)
    assert "ngxpush.server.processes.worker" in before.read_text()
    assert "import time" not in server.log
