"""What becomes of subscribers at a reload: they are ended, come back and miss nothing."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

import pytest

from tests.clients import ask, get, publish, subscription, wait_for_subscribers
from tests.patience import PATIENCE, wait_until

from .server import serving
from .sizes import RELOADS_UNDER_CONNECTS


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
        sockets = [socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) for _ in range(8)]
        assert get(server.port, "/pid").status == 200  # what came before is accepted
        for _ in range(2):
            count = len(server.started)
            server.hang_up()
            wait_until(lambda count=count: len(server.started) == count + workers)  # type: ignore[misc]
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
            server.hang_up()
            for text in range(40):
                publish(server.port, "/pub?id=x", b"%d-%d" % (number, text))
        for client in clients:
            client.join(60)
        assert [client.ids for client in clients] == [list(range(1, count + 1))] * len(clients)
