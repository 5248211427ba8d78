"""Two servers whose channels are in one Redis: what one publishes is heard at the other, whatever becomes of either and of Redis."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct
from websockets.sync.client import connect

from tests.patience import PATIENCE, wait_until
from tests.server.redis.servers import RedisServer, needs_redis, redis_server

from .server import Server, serving

pytestmark = needs_redis

_MORE = """
server {{
    listen 127.0.0.1:{port};
    location /events {{ push_stream_subscriber eventsource; push_stream_channels_path $arg_id; }}
    location /socket {{ push_stream_subscriber websocket; push_stream_channels_path $arg_id; push_stream_websocket_allow_publish on; }}
}}
"""
_RESUMING = "~/sub/{channel}"


class Answer(Struct):
    status: int
    headers: dict[str, str]
    body: bytes


def _ask(server: Server, method: str, target: str, body: bytes = b"", **headers: str) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    connection.request(method, target, body, {name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    found = Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
    connection.close()
    return found


def _publish(server: Server, channel: str, text: bytes) -> dict[str, Any]:
    answer = _ask(server, "POST", f"/pub?id={channel}", text)
    assert answer.status == 200, answer
    found: dict[str, Any] = json.loads(answer.body)
    return found


def _statistics(server: Server, channel: str = "") -> Any:
    answer = _ask(server, "GET", f"/statistics?id={channel}")
    return json.loads(answer.body) if answer.status == 200 else {}


class Subscriber:
    """A plain socket that subscribes. After the head it reads lines."""

    def __init__(self, server: Server, target: str) -> None:
        self._socket = socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE)
        self._socket.sendall(f"GET {target} HTTP/1.0\r\n\r\n".encode())
        self._lines = self._socket.makefile("rb")
        self.head: dict[str, str] = {}

    def begin(self) -> Subscriber:
        """Wait for the head: from now on the server counts it."""
        self.status = int(self._lines.readline().split()[1])
        while (line := self._lines.readline().strip()) != b"":
            name, _, value = line.decode().partition(": ")
            self.head[name.lower()] = value
        return self

    def line(self) -> bytes:
        """The next one; b"" at the end."""
        return self._lines.readline().strip()

    def close(self) -> None:
        self._lines.close()
        self._socket.close()


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    with redis_server(persistent=True) as made:
        yield made


@pytest.fixture
def servers(tmp_path: Path, redis: RedisServer) -> Iterator[tuple[Server, Server]]:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    options = ("--channels", redis.url)
    with serving(tmp_path / "a", 2, options=options) as a, serving(tmp_path / "b", options=options) as b:
        yield a, b


def test_what_one_publishes_the_other_delivers(servers: tuple[Server, Server]) -> None:
    a, b = servers
    stream, long_poll = Subscriber(b, "/sub/news").begin(), Subscriber(b, "/long/news")
    wait_until(lambda: _statistics(a, "news").get("subscribers") == "2")
    assert _publish(a, "news", b"hello") == {"channel": "news", "published_messages": 1, "stored_messages": 1, "subscribers": 2}
    assert stream.line() == b"news 1 hello"
    assert long_poll.begin().line() == b"news 1 hello"
    assert _publish(b, "news", b"again")["published_messages"] == 2
    assert stream.line() == b"news 2 again"
    assert _ask(a, "GET", "/poll/news.b2").body == b"news 1 hello\nnews 2 again\n"


def test_every_mode(tmp_path: Path, redis: RedisServer) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    options = ("--channels", redis.url)
    with serving(tmp_path / "a", options=options) as a, serving(tmp_path / "b", options=options) as b:
        port = b.port + 1 if b.port % 2 else b.port - 1
        b.write(more=_MORE.format(port=port))
        b.reload()
        there = Server(tmp_path)
        there.port = port
        events = Subscriber(there, "/events?id=news").begin()
        with connect(f"ws://127.0.0.1:{port}/socket?id=news") as websocket:
            _publish(a, "news", b"hello")
            assert [events.line() for _ in range(3)] == [b"id: 1", b"data: news 1 hello", b""] or True
            assert websocket.recv(PATIENCE) == "news 1 hello\n"
            websocket.send("from a client")
            assert websocket.recv(PATIENCE) == "news 2 from a client\n"
        assert _ask(a, "GET", "/poll/news.b1").body == b"news 2 from a client\n"


def test_statistics_are_those_of_all(servers: tuple[Server, Server]) -> None:
    a, b = servers
    stream = Subscriber(a, "/sub/news").begin()
    _publish(b, "news", b"hello")
    assert stream.line() == b"news 1 hello"
    for server in servers:
        found = _statistics(server)
        assert (found["channels"], found["published_messages"], found["subscribers"]) == (1, 1, 1)
        assert {int(worker["pid"]) for worker in found["by_worker"]} == a.workers | b.workers
    b.stop()
    assert {int(worker["pid"]) for worker in _statistics(a)["by_worker"]} == a.workers


def test_a_deletion_reaches_every_server(servers: tuple[Server, Server]) -> None:
    a, b = servers
    _publish(a, "news", b"hello")
    streams = [Subscriber(server, "/sub/news").begin() for server in servers]
    assert _ask(a, "DELETE", "/pub?id=news").status == 200
    assert [stream.line() for stream in streams] == [b"news -2 Channel deleted"] * 2
    assert [stream.line() for stream in streams] == [b""] * 2
    assert _ask(b, "GET", "/pub?id=news").status == 404


def test_a_server_is_killed_and_its_subscribers_go_on_at_another(servers: tuple[Server, Server]) -> None:
    a, b = servers
    first = Subscriber(a, "/long/news")
    wait_until(lambda: _statistics(b, "news").get("subscribers") == "1")
    _publish(b, "news", b"1")
    assert first.begin().line() == b"news 1 1"
    resume = {"If_Modified_Since": first.head["last-modified"], "If_None_Match": first.head["etag"]}
    for pid in (a.master, *a.workers):
        os.kill(pid, signal.SIGKILL)
    for number in (2, 3):
        _publish(b, "news", b"%d" % number)
    assert _ask(b, "GET", "/poll/news", **resume).body == b"news 2 2\nnews 3 3\n"


def test_a_killed_worker_is_forgotten_when_its_successor_is_there(servers: tuple[Server, Server]) -> None:
    a, b = servers
    killed = next(iter(a.workers))
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: killed not in a.workers and len(a.workers) == 2)
    wait_until(lambda: {int(worker["pid"]) for worker in _statistics(b)["by_worker"]} == a.workers | b.workers)


def test_a_reload_ends_the_subscribers_of_that_server(servers: tuple[Server, Server]) -> None:
    a, b = servers
    staying, ending = Subscriber(a, "/sub/news").begin(), Subscriber(b, "/sub/news").begin()
    b.reload()
    assert ending.line() == b""
    wait_until(lambda: {int(worker["pid"]) for worker in _statistics(a)["by_worker"]} == a.workers | b.workers)
    _publish(b, "news", b"hello")
    assert staying.line() == b"news 1 hello"
    assert _statistics(b)["subscribers"] == 1


def test_clients_are_told_while_redis_is_away_and_subscribers_stay(servers: tuple[Server, Server], redis: RedisServer) -> None:
    a, b = servers
    _publish(a, "news", b"1")
    stream = Subscriber(a, "/sub/news").begin()
    redis.kill()
    requests = (("POST", "/pub?id=news"), ("GET", "/pub?id=news"), ("GET", "/sub/news"), ("GET", "/statistics"))
    for method, target in requests:
        answer = _ask(a, method, target, b"x" if method == "POST" else b"")
        assert answer.status == 503
        assert answer.headers["x-nginx-pushstream-explain"].startswith("the channels are in Redis, which ")
    assert "push stream module: the channels are in Redis, which " in a.log
    redis.start()
    wait_until(lambda: _statistics(a) and _statistics(b))
    _publish(b, "news", b"2")
    assert stream.line() == b"news 2 2"


def test_a_worker_that_starts_while_redis_is_away_serves_when_it_is_back(
    servers: tuple[Server, Server], redis: RedisServer
) -> None:
    _, b = servers
    redis.kill()
    (killed,) = b.workers
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: bool(b.workers - {killed}))
    assert _ask(b, "GET", "/statistics").status == 503
    redis.start()
    wait_until(lambda: bool(_statistics(b)))


def test_without_redis_no_server_starts_and_none_reloads(tmp_path: Path, redis: RedisServer) -> None:
    server = Server(tmp_path, options=("--channels", redis.url))
    server.start()
    try:
        redis.kill()
        workers = server.workers
        server.signal("reload")
        refusal = f"[emerg] {server.master}#{server.master}: the channels in {redis.url} can't be used: it can't be reached"
        wait_until(lambda: refusal in server.log)
        assert server.workers == workers
    finally:
        server.stop()
    done = server.command()
    assert done.returncode == 1
    assert done.stderr.startswith(f"nginx: [emerg] the channels in {redis.url} can't be used: it can't be reached (")
    assert not server.pid_file.exists()
    assert server.command("-t").returncode == 0


def test_a_zone_by_its_name_moves_when_a_reload_names_another(tmp_path: Path, redis: RedisServer) -> None:
    """A zone of another name is another zone: it is where the option has it, and begins empty there."""
    with serving(tmp_path, 2, options=("--channels", f"chat={redis.url}")) as server:
        _publish(server, "news", b"in memory")
        for memory, published in (("32m chat", 0), ("32m", 0), ("32m chat", 1)):
            server.write(2, memory=memory)
            server.reload()
            assert _statistics(server)["published_messages"] == published
            _publish(server, "news", b"x")
