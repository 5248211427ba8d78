"""Two servers whose channels are in one Redis: what one publishes the other delivers, whatever becomes of them and of Redis."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct
from websockets.sync.client import connect

from tests.certificates import credentials
from tests.patience import PATIENCE, wait_until
from tests.running import NGXPUSH, end, free_port, wait_for_port
from tests.server.redis.servers import RedisServer, cluster, needs_redis, redis_server, sentinels

from .server import Server, serving

pytestmark = needs_redis

_MORE = """
server {{
    listen 127.0.0.1:{port};
    push_stream_subscriber_connection_ttl 5m;
    push_stream_channels_path $arg_id;
    location /statistics {{ push_stream_channels_statistics; }}
    location /events {{ push_stream_subscriber eventsource; }}
    location /socket {{ push_stream_subscriber websocket; push_stream_websocket_allow_publish on; }}
}}
"""


class Answer(Struct):
    status: int
    headers: dict[str, str]
    body: bytes


def _ask(port: int, method: str, target: str, body: bytes = b"", **headers: str) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.request(method, target, body, {name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    found = Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
    connection.close()
    return found


def _publish(server: Server, channel: str, text: bytes) -> dict[str, Any]:
    answer = _ask(server.port, "POST", f"/pub?id={channel}", text)
    assert answer.status == 200, answer
    found: dict[str, Any] = json.loads(answer.body)
    return found


def _statistics(port: int, channel: str = "") -> Any:
    answer = _ask(port, "GET", f"/statistics?id={channel}")
    return json.loads(answer.body) if answer.status == 200 else {}


def _statistics_when_up(port: int) -> Any:
    try:
        return _statistics(port)
    except OSError:
        return {}


class Subscriber:
    """A plain socket that subscribes, and is counted when it is made. head: of the answer, when a line was read."""

    def __init__(self, port: int, target: str) -> None:
        before = _statistics(port)["subscribers"]
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self._socket.sendall(f"GET {target} HTTP/1.0\r\n\r\n".encode())
        self._lines = self._socket.makefile("rb")
        self.head: dict[str, str] = {}
        wait_until(lambda: _statistics(port)["subscribers"] > before)

    def line(self) -> bytes:
        """The next line of the body; b"" at the end."""
        if not self.head:
            self._read_head()
        return self._lines.readline().strip()

    def close(self) -> None:
        self._lines.close()
        self._socket.close()

    def _read_head(self) -> None:
        assert self._lines.readline().split()[1] == b"200"
        while (line := self._lines.readline().strip()) != b"":
            name, _, value = line.decode().partition(": ")
            self.head[name.lower()] = value


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
    stream, long_poll = Subscriber(b.port, "/sub/news"), Subscriber(b.port, "/long/news")
    wait_until(lambda: _statistics(a.port, "news").get("subscribers") == 2)
    assert _publish(a, "news", b"hello") == {"channel": "news", "published_messages": 1, "stored_messages": 1, "subscribers": 2}
    assert stream.line() == b"news 1 hello"
    assert long_poll.line() == b"news 1 hello"
    assert _publish(b, "news", b"again")["published_messages"] == 2
    assert stream.line() == b"news 2 again"
    assert _ask(a.port, "GET", "/poll/news.b2").body == b"news 1 hello\nnews 2 again\n"


def test_event_source_and_websocket(tmp_path: Path, redis: RedisServer) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    options, port = ("--channels", redis.url), free_port()
    with serving(tmp_path / "a", options=options) as a, serving(tmp_path / "b", 1, _MORE.format(port=port), options=options):
        events = Subscriber(port, "/events?id=news")
        with connect(f"ws://127.0.0.1:{port}/socket?id=news") as websocket:
            wait_until(lambda: _statistics(a.port, "news").get("subscribers") == 2)
            _publish(a, "news", b"hello")
            assert websocket.recv(PATIENCE) == "news 1 hello\n"
            websocket.send("from a client")
            assert websocket.recv(PATIENCE) == "news 2 from a client\n"
        assert b"data: news 1 hello" in [events.line() for _ in range(3)]


@contextlib.contextmanager
def _behind_sentinels(directory: Path) -> Iterator[str]:
    with sentinels() as made:
        yield made.url


@contextlib.contextmanager
def _in_cluster(directory: Path) -> Iterator[str]:
    with cluster() as made:
        yield made.url


@contextlib.contextmanager
def _at_unix_socket(directory: Path) -> Iterator[str]:
    with redis_server() as made:
        yield f"unix://{made.socket}"


@contextlib.contextmanager
def _over_tls(directory: Path) -> Iterator[str]:
    """Both ends show a certificate."""
    authority = credentials("authority")
    authority.save(directory, "authority")
    credentials("redis", ["localhost"], authority).save(directory, "redis")
    credentials("client", ["client"], authority).save(directory, "client")
    files = {"tls_cert_file": "redis.pem", "tls_key_file": "redis.key", "tls_ca_cert_file": "authority.pem"}
    port = free_port()
    with redis_server(tls_port=str(port), **{name: str(directory / file) for name, file in files.items()}):
        options = {"ssl_ca_certs": "authority.pem", "ssl_certfile": "client.pem", "ssl_keyfile": "client.key"}
        words = "&".join([f"{name}={directory / file}" for name, file in options.items()])
        yield f"rediss://localhost:{port}?{words}"


@pytest.mark.parametrize("kind", [_behind_sentinels, _in_cluster, _at_unix_socket, _over_tls])
def test_other_kinds_of_redis(tmp_path: Path, kind: Callable[[Path], AbstractContextManager[str]]) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    with kind(tmp_path) as url:
        options = ("--channels", url)
        a, b = (Server(tmp_path / name, 2, options=options) for name in ("a", "b"))
        try:
            for server in (a, b):
                assert server.command().returncode == 0
            wait_until(lambda: all(_statistics_when_up(server.port) for server in (a, b)))
            streams = [Subscriber(b.port, f"/sub/{channel}") for channel in ("news", "prices", "sport")]
            for channel in ("news", "prices", "sport"):
                _publish(a, channel, b"hello")
            assert [stream.line() for stream in streams] == [b"news 1 hello", b"prices 1 hello", b"sport 1 hello"]
            found = _statistics(a.port)
            assert (found["channels"], found["published_messages"], found["subscribers"]) == (3, 3, 3)
            assert {int(worker["pid"]) for worker in found["by_worker"]} == a.workers | b.workers
        finally:
            for server in (a, b):
                server.stop()


def test_without_a_master_or_workers(tmp_path: Path, redis: RedisServer) -> None:
    (tmp_path / "a").mkdir()
    options = ("--channels", redis.url)
    with serving(tmp_path / "a", options=options) as a:
        alone = Server(tmp_path, main="master_process off; daemon off;", options=options)
        words = [NGXPUSH, "nginx", *options, "-c", alone.conf]
        process = subprocess.Popen(words, stdin=subprocess.DEVNULL, start_new_session=True)
        try:
            wait_for_port(alone.port, process)
            _publish(alone, "news", b"hello")
            assert _ask(a.port, "GET", "/poll/news.b1").body == b"news 1 hello\n"
        finally:
            end(process)
        wait_until(lambda: {int(worker["pid"]) for worker in _statistics(a.port)["by_worker"]} == a.workers)


def test_statistics_are_those_of_all(servers: tuple[Server, Server]) -> None:
    a, b = servers
    stream = Subscriber(a.port, "/sub/news")
    _publish(b, "news", b"hello")
    assert stream.line() == b"news 1 hello"
    for server in servers:
        found = _statistics(server.port)
        assert (found["channels"], found["published_messages"], found["subscribers"]) == (1, 1, 1)
        assert {int(worker["pid"]) for worker in found["by_worker"]} == a.workers | b.workers
    b.stop()
    assert {int(worker["pid"]) for worker in _statistics(a.port)["by_worker"]} == a.workers


def test_a_deletion_reaches_every_server(servers: tuple[Server, Server]) -> None:
    a, b = servers
    _publish(a, "news", b"hello")
    streams = [Subscriber(server.port, "/sub/news") for server in servers]
    assert _ask(a.port, "DELETE", "/pub?id=news").status == 200
    assert [stream.line() for stream in streams] == [b"news -2 Channel deleted"] * 2
    assert [stream.line() for stream in streams] == [b""] * 2
    assert _ask(b.port, "GET", "/pub?id=news").status == 404


def test_a_server_is_killed_and_its_subscribers_go_on_at_another(servers: tuple[Server, Server]) -> None:
    a, b = servers
    first = Subscriber(a.port, "/long/news")
    wait_until(lambda: _statistics(b.port, "news").get("subscribers") == 1)
    _publish(b, "news", b"1")
    assert first.line() == b"news 1 1"
    resume = {"If_Modified_Since": first.head["last-modified"], "If_None_Match": first.head["etag"]}
    for pid in (a.master, *a.workers):
        os.kill(pid, signal.SIGKILL)
    for number in (2, 3):
        _publish(b, "news", b"%d" % number)
    assert _ask(b.port, "GET", "/poll/news", **resume).body == b"news 2 2\nnews 3 3\n"


def test_a_killed_worker_is_forgotten_when_its_successor_is_there(servers: tuple[Server, Server]) -> None:
    a, b = servers
    killed = next(iter(a.workers))
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: killed not in a.workers and len(a.workers) == 2)
    wait_until(lambda: {int(worker["pid"]) for worker in _statistics(b.port)["by_worker"]} == a.workers | b.workers)


def test_a_reload_ends_the_subscribers_of_that_server(servers: tuple[Server, Server]) -> None:
    a, b = servers
    staying, ending = Subscriber(a.port, "/sub/news"), Subscriber(b.port, "/sub/news")
    b.reload()
    assert ending.line() == b""
    wait_until(lambda: {int(worker["pid"]) for worker in _statistics(a.port)["by_worker"]} == a.workers | b.workers)
    _publish(b, "news", b"hello")
    assert staying.line() == b"news 1 hello"
    assert _statistics(b.port)["subscribers"] == 1


def test_clients_are_told_while_redis_is_away_and_subscribers_stay(servers: tuple[Server, Server], redis: RedisServer) -> None:
    a, b = servers
    _publish(a, "news", b"1")
    stream = Subscriber(a.port, "/sub/news")
    redis.kill()
    requests = (("POST", "/pub?id=news"), ("GET", "/pub?id=news"), ("GET", "/sub/news"), ("GET", "/statistics"))
    for method, target in requests:
        answer = _ask(a.port, method, target, b"x" if method == "POST" else b"")
        assert answer.status == 503
        assert answer.headers["x-nginx-pushstream-explain"].startswith("the channels are in Redis, which ")
    assert "push stream module: the channels are in Redis, which " in a.log
    redis.start()
    wait_until(lambda: _statistics(a.port) and _statistics(b.port))
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
    assert _ask(b.port, "GET", "/statistics").status == 503
    redis.start()
    wait_until(lambda: bool(_statistics(b.port)))


def test_without_redis_no_server_starts_and_none_reloads(tmp_path: Path, redis: RedisServer) -> None:
    server = Server(tmp_path, options=("--channels", redis.url))
    server.start()
    try:
        assert f": the channels are in {redis.url}\n" in server.log
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
    server = Server(tmp_path, 2, options=("--channels", f"chat={redis.url}"))
    warning = 'nginx: [warn] a URL of channels is for the zone "chat", but the configuration has the zone "push_stream_module"\n'
    assert server.command().stderr == warning
    try:
        wait_until(lambda: _ask(server.port, "POST", "/pub?id=news", b"in memory").status == 200)
        for memory, published in (("32m chat", 0), ("32m", 0), ("32m chat", 1)):
            server.write(2, memory=memory)
            server.reload()
            assert _statistics(server.port)["published_messages"] == published
            _publish(server, "news", b"x")
    finally:
        server.stop()
