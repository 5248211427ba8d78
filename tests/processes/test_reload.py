"""A reload: a new configuration in place of the old one, without a lost connection attempt."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from pathlib import Path

import pytest

from tests.clients import get, publish
from tests.patience import wait_until
from tests.running import free_port, wait_for_port

from .server import Server, descriptors, serving, stopped
from .sizes import RELOADS, RELOADS_UNDER_CONNECTS


class Connecting:
    """A client that connects and asks, again and again, in a thread."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.answers = 0
        self.failures: list[str] = []

    def __enter__(self) -> Connecting:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                answer = get(self._port, "/statistics")
            except Exception as error:
                self.failures.append(repr(error))
            else:
                self.answers += answer.status == 200


@pytest.mark.parametrize("workers", [1, 2])
def test_no_connection_attempt_is_lost(tmp_path: Path, workers: int) -> None:
    with serving(tmp_path, workers) as server, Connecting(server.port) as client:
        for _ in range(RELOADS_UNDER_CONNECTS):
            server.reload()
        assert client.answers > 0
        assert client.failures == []


@pytest.mark.parametrize("workers", [1, 2])
def test_nothing_is_left_of_old_configurations(tmp_path: Path, workers: int) -> None:
    with serving(tmp_path, workers) as server:
        server.reload()  # what is loaded on first use is open now
        before = {"master": descriptors(server.master), "worker": descriptors(min(server.workers))}
        publish(server.port, "/pub?id=x", b"text")
        wait_until(lambda: descriptors(min(server.workers)) == before["worker"])
        for _ in range(RELOADS):
            server.reload()
        assert len(server.workers) == workers
        publish(server.port, "/pub?id=x", b"text")
        assert descriptors(server.master) == before["master"]
        wait_until(lambda: descriptors(min(server.workers)) == before["worker"])
        assert get(server.port, "/statistics?id=x").json["published_messages"] == 2


def test_reloads_that_come_faster_than_workers_start_count_once(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        with stopped(server.workers):  # the new worker waits for the channels
            for count in range(1, 5):
                server.hang_up()
                wait_until(lambda count=count: server.log.count("(SIGHUP) received") == count)  # type: ignore[misc]
            assert len(server.started) == 2
        wait_until(lambda: len(server.started) == 3)
        wait_until(lambda: server.workers == set(server.started[2:]))
        assert server.log.count(": reconfiguring\n") == 2


@pytest.mark.parametrize("workers", [1, 2])
def test_no_workers_and_workers_again(tmp_path: Path, workers: int) -> None:
    with serving(tmp_path, workers) as server:
        publish(server.port, "/pub?id=x", b"one")
        server.write(0)
        server.signal("reload")
        wait_until(lambda: not server.workers)
        server.write(workers)
        server.signal("reload")
        assert get(server.port, "/poll/x.b9").body == b"x 1 one\n"


@pytest.mark.parametrize("workers", [1, 2])
def test_the_first_push_location_comes_by_reload(tmp_path: Path, workers: int) -> None:
    server = Server(tmp_path, workers)
    whole = server.conf.read_text()
    plain = f"server {{ listen 127.0.0.1:{server.port}; }}"
    server.conf.write_text(whole[: whole.index("http {")] + f"http {{ access_log off; {plain} }}\n")
    server.start()
    try:
        server.conf.write_text(whole)
        server.reload()
        publish(server.port, "/pub?id=x", b"one")
        assert get(server.port, "/poll/x.b9").body == b"x 1 one\n"
        assert "Cannot change memory area size" not in server.log
    finally:
        server.stop()


def test_a_bad_configuration_changes_nothing(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        workers = server.workers
        server.conf.write_text(server.conf.read_text() + "nonsense on;\n")
        assert server.command("-s", "reload").returncode == 1  # it does not even ask the master
        server.hang_up()
        wait_until(lambda: 'unknown directive "nonsense"' in server.log)
        assert server.workers == workers
        assert get(server.port, "/statistics").status == 200


def test_an_address_in_use_changes_nothing(tmp_path: Path) -> None:
    with serving(tmp_path) as server, socket.create_server(("127.0.0.1", 0)) as other:
        workers = server.workers
        taken = other.getsockname()[1]
        server.write(more=f"server {{ listen 127.0.0.1:{taken}; }}\n")
        server.signal("reload")
        wait_until(lambda: "still could not bind()" in server.log)
        assert server.workers == workers
        assert f"bind() to 127.0.0.1:{taken} failed (98: Address already in use)" in server.log


def test_listens_are_added_and_removed(tmp_path: Path) -> None:
    first, second, path = free_port(), free_port(), tmp_path / "socket"
    with serving(tmp_path, more=f"server {{ listen 127.0.0.1:{first}; listen unix:{path}; }}\n") as server:
        wait_for_port(first)
        server.write(more=f"server {{ listen 127.0.0.1:{second}; }}\n")
        server.reload()
        wait_for_port(second)
        with pytest.raises(ConnectionRefusedError), contextlib.closing(socket.create_connection(("127.0.0.1", first))):
            pass
        assert not path.exists()
        assert get(server.port, "/statistics").status == 200


def test_another_size_of_shared_memory_is_refused(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        publish(server.port, "/pub?id=x", b"text")
        server.write(memory="64m")
        server.reload()
        assert re.search(r"\[warn\] .*(Cannot change memory area size without restart)", server.log), server.log
        assert get(server.port, "/poll/x.b1").body == b"x 1 text\n"


def test_the_pid_file_moves(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        master = server.master
        moved = tmp_path / "moved.pid"
        server.conf.write_text(server.conf.read_text().replace("nginx.pid", "moved.pid"))
        server.hang_up()
        wait_until(lambda: moved.exists() and not server.pid_file.exists())
        assert int(moved.read_text()) == master
