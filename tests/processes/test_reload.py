"""A reload: a new configuration in place of the old one, without a lost connection attempt, channel or message."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients import ask, get, publish, subscription, wait_for_subscribers
from tests.running import free_port, wait_for_port

from .server import Server, descriptors, serving, wait_until
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


class Resuming(threading.Thread):
    """A long-polling client that goes on after its last message, until it has had `count` of them. ids: theirs."""

    def __init__(self, port: int, count: int) -> None:
        super().__init__()
        self._port = port
        self._count = count
        self.ids: list[int] = []

    def run(self) -> None:
        since = {"If-Modified-Since": "Thu, 01 Jan 1970 00:00:00 GMT", "If-None-Match": "0"}
        while len(self.ids) < self._count:
            try:
                answer = ask(self._port, "GET", "/long/x", headers=since)
            except ConnectionError:  # closed without an answer: ask again
                continue
            if answer.status == 200:  # the time and tag of a 304 are no message's
                self.ids += [int(line.split()[1]) for line in answer.body.splitlines()]
                since = {"If-Modified-Since": answer.headers["Last-Modified"], "If-None-Match": answer.headers["Etag"]}


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


@pytest.mark.parametrize("first, second", [(1, 1), (2, 2), (1, 3), (3, 1)])
def test_channels_messages_and_counters_are_kept(tmp_path: Path, first: int, second: int) -> None:
    with serving(tmp_path, first) as server:
        for text in (b"one", b"two"):
            publish(server.port, "/pub?id=x", text)
        server.write(second)
        server.reload()
        wait_until(lambda: len(server.workers) == second)
        publish(server.port, "/pub?id=x", b"three")
        assert get(server.port, "/poll/x.b9").body == b"x 1 one\nx 2 two\nx 3 three\n"
        summary = get(server.port, "/statistics").json
        assert (summary["published_messages"], summary["stored_messages"]) == (3, 3)
        assert {int(worker["pid"]) for worker in summary["by_worker"]} == server.workers


@pytest.mark.parametrize("workers", [1, 2])
def test_reloads_one_upon_another(tmp_path: Path, workers: int) -> None:
    with serving(tmp_path, workers) as server:
        publish(server.port, "/pub?id=x", b"one")
        old = server.workers
        for number in range(2, 6):
            _hang_up(server)
            wait_until(lambda number=number: len(_started(server)) == number * workers)  # type: ignore[misc]
        wait_until(lambda: not old & server.workers and len(server.workers) == workers)
        publish(server.port, "/pub?id=x", b"two")
        assert get(server.port, "/poll/x.b9").body == b"x 1 one\nx 2 two\n"


def test_reloads_that_come_faster_than_workers_start_count_once(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        with _stopped(server.workers):  # the new worker waits for the channels
            for count in range(1, 5):
                _hang_up(server)
                wait_until(lambda count=count: server.log.count("(SIGHUP) received") == count)  # type: ignore[misc]
            assert len(_started(server)) == 2
        wait_until(lambda: len(_started(server)) == 3)
        wait_until(lambda: server.workers == set(_started(server)[2:]))
        assert server.log.count(": reconfiguring\n") == 2


def test_a_worker_killed_during_a_reload_is_replaced(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        publish(server.port, "/pub?id=x", b"one")
        old = server.workers
        _hang_up(server)
        wait_until(lambda: len(_started(server)) == 2)
        os.kill(_started(server)[1], signal.SIGKILL)
        wait_until(lambda: not old & server.workers and len(server.workers) == 1)
        publish(server.port, "/pub?id=x", b"two")
        assert get(server.port, "/poll/x.b9").body == b"x 1 one\nx 2 two\n"


@pytest.mark.parametrize("first, second, third", [(1, 1, 1), (2, 1, 1), (1, 1, 2), (2, 1, 2)])
@pytest.mark.parametrize("killed", [False, True])
def test_a_reload_that_comes_before_the_last_one_is_over(
    tmp_path: Path, first: int, second: int, third: int, killed: bool
) -> None:
    """The middle worker waits for the zone, and may die of it: the newest ones get the zone from whoever has it."""
    with serving(tmp_path, first) as server:
        publish(server.port, "/pub?id=x", b"one")
        clients = [_half_a_request(server) for _ in range(4)]
        old = server.workers
        server.write(second)
        with _stopped(old if first == 1 else set()):
            _hang_up(server)
            wait_until(lambda: len(_started(server)) == first + second)
            server.write(third)
            with _stopped({_started(server)[-1]} if first > 1 else set()):
                _hang_up(server)
                wait_until(lambda: server.log.count("(SIGHUP) received") == 2)
                if killed:
                    os.kill(_started(server)[first], signal.SIGKILL)
        wait_until(lambda: len(_started(server)) == first + second + third)
        wait_until(lambda: all(_leaves(server, worker) for worker in old))
        for client in clients:
            _assert_published(client)
        wait_until(lambda: not old & server.workers and len(server.workers) == third)
        publish(server.port, "/pub?id=x", b"two")
        texts = [line.split()[2] for line in get(server.port, "/poll/x.b9").body.splitlines()]
        assert texts == [b"one", *[b"late"] * len(clients), b"two"]
        assert "does not know" not in server.log


def test_a_worker_that_others_reach_the_zone_through_is_killed(tmp_path: Path) -> None:
    """Three workers have a request under way; the middle one, which serves the zone to the oldest, dies."""
    with serving(tmp_path) as server:
        (oldest,) = server.workers
        first = _half_a_request(server)
        _hang_up(server)
        wait_until(lambda: _leaves(server, oldest))
        (middle,) = server.workers - {oldest}
        second = _half_a_request(server)
        _hang_up(server)
        wait_until(lambda: _leaves(server, middle))
        os.kill(middle, signal.SIGKILL)
        with second:
            assert second.recv(4096) == b""
        wait_until(lambda: f"worker process {middle} exited on signal 9" in server.log)
        _assert_published(first)
        wait_until(lambda: len(server.workers) == 1)
        assert get(server.port, "/poll/x.b9").body == b"x 1 late\n"
        summary = get(server.port, "/statistics").json
        assert {int(worker["pid"]) for worker in summary["by_worker"]} == server.workers


def test_a_worker_two_reloads_old_still_knows_the_zone(tmp_path: Path) -> None:
    """A client asks in it for a subscription after the newest worker has taken the zone from the middle one."""
    with serving(tmp_path) as server:
        clients = []
        for _ in range(2):
            (worker,) = {pid for pid in server.workers if not _leaves(server, pid)}
            clients.append(_half_a_request(server, b"GET /long/x HTTP/1.1\r\nHost: a\r\n"))
            _hang_up(server)
            wait_until(lambda worker=worker: _leaves(server, worker))  # type: ignore[misc]
        for client in clients:
            with client:
                client.sendall(b"\r\n")
                answer = b""
                while data := client.recv(4096):
                    answer += data
                assert answer.startswith(b"HTTP/1.1 304 "), answer
        wait_until(lambda: len(server.workers) == 1)


@pytest.mark.parametrize("first, second", [(1, 1), (2, 2), (1, 2), (2, 1)])
def test_a_request_under_way_reaches_the_zone_wherever_it_is_now(tmp_path: Path, first: int, second: int) -> None:
    """Its body comes when the zone has moved on: the old worker publishes it nevertheless, and all hear of it."""
    with serving(tmp_path, first) as server:
        old = server.workers
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as client:
            client.sendall(b"POST /pub?id=x HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nla")
            assert get(server.port, "/pid").status == 200  # what came before is read
            server.write(second)
            server.signal("reload")
            wait_until(lambda: server.log.count("gracefully shutting down") == first and len(server.workers - old) == second)
            with subscription(server.port, "/sub/x") as subscriber:
                wait_for_subscribers(server.port, "/statistics?id=x")
                client.sendall(b"te")
                assert client.recv(4096).startswith(b"HTTP/1.1 200 OK\r\n")
                assert subscriber.line() == b"x 1 late"
        wait_until(lambda: not old & server.workers)


def test_subscribers_of_old_workers_are_ended(tmp_path: Path) -> None:
    with serving(tmp_path) as server, subscription(server.port, "/sub/x") as subscriber:
        wait_for_subscribers(server.port, "/statistics?id=x")
        server.reload()
        assert subscriber.rest() == b""
        assert get(server.port, "/statistics").json["subscribers"] == 0


@pytest.mark.parametrize("workers", [1, 2])
def test_a_client_that_subscribes_in_an_old_worker_is_ended(tmp_path: Path, workers: int) -> None:
    """Its connection is older than the reload. It would wait where its messages are not, and keep the worker for ever."""
    with serving(tmp_path, workers) as server:
        old = server.workers
        sockets = [socket.create_connection(("127.0.0.1", server.port), timeout=10) for _ in range(8)]
        assert get(server.port, "/pid").status == 200  # what came before is accepted
        for _ in range(2):
            count = len(_started(server))
            _hang_up(server)
            wait_until(lambda count=count: len(_started(server)) == count + workers)  # type: ignore[misc]
        wait_until(lambda: server.log.count("gracefully shutting down") >= workers)
        for number, client in enumerate(sockets):
            mode = b"long" if number % 2 else b"sub"
            client.sendall(b"GET /%b/x HTTP/1.1\r\nHost: a\r\n\r\n" % mode)
        for client in sockets:
            with client:
                answer = b""
                while data := client.recv(4096):
                    answer += data
                assert b"\r\nConnection: close\r\n" in answer
        wait_until(lambda: not old & server.workers and len(server.workers) == workers)
        assert get(server.port, "/statistics").json["subscribers"] == 0


@pytest.mark.parametrize("workers", [1, 2])
def test_a_subscriber_that_comes_back_misses_nothing(tmp_path: Path, workers: int) -> None:
    """Reloads upon reloads while messages are published: each subscriber resumes after its last message."""
    with serving(tmp_path, workers) as server:
        count = 40 * RELOADS_UNDER_CONNECTS
        clients = [Resuming(server.port, count) for _ in range(20)]
        for client in clients:
            client.start()
        for number in range(RELOADS_UNDER_CONNECTS):
            _hang_up(server)
            for text in range(40):
                publish(server.port, "/pub?id=x", b"%d-%d" % (number, text))
        for client in clients:
            client.join(60)
        assert [client.ids for client in clients] == [list(range(1, count + 1))] * len(clients)


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
        _hang_up(server)
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


_MESSAGE = b"POST /pub?id=x HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nla"


def _half_a_request(server: Server, half: bytes = _MESSAGE) -> socket.socket:
    """A client that has sent a part of a request, which a worker has read."""
    client = socket.create_connection(("127.0.0.1", server.port), timeout=10)
    client.sendall(half)
    assert get(server.port, "/pid").status == 200  # what came before is read
    return client


def _assert_published(client: socket.socket) -> None:
    """Send the rest of the message."""
    with client:
        client.sendall(b"te")
        assert client.recv(4096).startswith(b"HTTP/1.1 200 OK\r\n")


@contextlib.contextmanager
def _stopped(workers: set[int]) -> Iterator[None]:
    """Let the workers stand still meanwhile. One that was killed may be gone."""
    for worker in workers:
        os.kill(worker, signal.SIGSTOP)
    yield
    for worker in workers:
        with contextlib.suppress(ProcessLookupError):
            os.kill(worker, signal.SIGCONT)


def _leaves(server: Server, worker: int) -> bool:
    return bool(re.search(rf" {worker}#{worker}: gracefully shutting down", server.log))


def _hang_up(server: Server) -> None:
    os.kill(server.master, signal.SIGHUP)


def _started(server: Server) -> list[int]:
    """The workers started so far, by the log."""
    return [int(pid) for pid in re.findall(r"start worker process (\d+)", server.log)]


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
        _hang_up(server)
        wait_until(lambda: moved.exists() and not server.pid_file.exists())
        assert int(moved.read_text()) == master


def test_log_files_are_opened_anew(tmp_path: Path) -> None:
    with serving(tmp_path, 2) as server:
        log = tmp_path / "error.log"
        log.rename(tmp_path / "error.log.1")
        server.signal("reopen")
        wait_until(lambda: log.exists() and server.log.count("reopening logs") == 0)
        log.write_text("")
        assert ask(server.port, "GET", "/statistics").status == 200
        server.reload()
        assert "start worker process" in server.log
