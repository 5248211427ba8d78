"""What a reload keeps: channels, messages and counters, whichever process has them."""

from __future__ import annotations

import os
import signal
import socket
from pathlib import Path

import pytest

from tests.clients import get, publish, subscription, wait_for_subscribers
from tests.patience import PATIENCE, wait_until

from .server import Server, serving, stopped

_HALF_A_MESSAGE = b"POST /pub?id=x HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nla"


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
            server.hang_up()
            wait_until(lambda number=number: len(server.started) == number * workers)  # type: ignore[misc]
        wait_until(lambda: not old & server.workers and len(server.workers) == workers)
        publish(server.port, "/pub?id=x", b"two")
        assert get(server.port, "/poll/x.b9").body == b"x 1 one\nx 2 two\n"


def test_a_worker_killed_during_a_reload_is_replaced(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        publish(server.port, "/pub?id=x", b"one")
        old = server.workers
        server.hang_up()
        wait_until(lambda: len(server.started) == 2)
        os.kill(server.started[1], signal.SIGKILL)
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
        with stopped(old if first == 1 else set()):
            server.hang_up()
            wait_until(lambda: len(server.started) == first + second)
            server.write(third)
            with stopped({server.started[-1]} if first > 1 else set()):
                server.hang_up()
                wait_until(lambda: server.log.count("(SIGHUP) received") == 2)
                if killed:
                    os.kill(server.started[first], signal.SIGKILL)
        wait_until(lambda: len(server.started) == first + second + third)
        wait_until(lambda: all(server.leaves(worker) for worker in old))
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
        server.hang_up()
        wait_until(lambda: server.leaves(oldest))
        (middle,) = server.workers - {oldest}
        second = _half_a_request(server)
        server.hang_up()
        wait_until(lambda: server.leaves(middle))
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
            (worker,) = {pid for pid in server.workers if not server.leaves(pid)}
            clients.append(_half_a_request(server, b"GET /long/x HTTP/1.1\r\nHost: a\r\n"))
            server.hang_up()
            wait_until(lambda worker=worker: server.leaves(worker))  # type: ignore[misc]
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
        with _half_a_request(server) as client:
            server.write(second)
            server.signal("reload")
            wait_until(lambda: server.log.count("gracefully shutting down") == first and len(server.workers - old) == second)
            with subscription(server.port, "/sub/x") as subscriber:
                wait_for_subscribers(server.port, "/statistics?id=x")
                client.sendall(b"te")
                assert client.recv(4096).startswith(b"HTTP/1.1 200 OK\r\n")
                assert subscriber.line() == b"x 1 late"
        wait_until(lambda: not old & server.workers)


def _half_a_request(server: Server, half: bytes = _HALF_A_MESSAGE) -> socket.socket:
    """A client that has sent a part of a request, which a worker has read."""
    client = socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE)
    client.sendall(half)
    assert get(server.port, "/pid").status == 200  # what came before is read
    return client


def _assert_published(client: socket.socket) -> None:
    """Send the rest of the message."""
    with client:
        client.sendall(b"te")
        assert client.recv(4096).startswith(b"HTTP/1.1 200 OK\r\n")
