"""`ngxpush run --channels`: what it says, its reload, its console."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.clients import ask, get, publish, subscription, wait_for_subscribers
from tests.patience import PATIENCE, wait_until
from tests.running import NGXPUSH, end, free_port, wait_for_port
from tests.server.redis.servers import RedisServer, needs_redis, redis_server

pytestmark = needs_redis

_CONF = """\
events {}
http {
    access_log off;
    push_stream_shared_memory_size 32m chat;
    server {
        listen 127.0.0.1:8080;
        location /pub { push_stream_publisher admin; push_stream_channels_path $arg_id; push_stream_store_messages on; }
        location /statistics { push_stream_channels_statistics; push_stream_channels_path $arg_id; }
        location ~ ^/sub/(.*) { push_stream_subscriber; push_stream_channels_path $1; push_stream_message_template "~text~\\n"; }
    }
}
"""


class Run:
    """A running `ngxpush run`. port: of its server.  console: of its console."""

    def __init__(self, directory: Path, *options: str, **environment: str) -> None:
        self.port, self.console = free_port(), free_port()
        self.output = directory / f"output-{self.port}"
        conf = directory / "nginx.conf"
        conf.write_text(_CONF)
        words = [NGXPUSH, "run", "--listen", f"8080={self.port}", "--console", str(self.console), "--metrics", *options, conf]
        with self.output.open("wb") as stream:
            self.process = subprocess.Popen(
                words,
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
                start_new_session=True,
                env={**os.environ, **environment},
            )

    @property
    def said(self) -> str:
        return self.output.read_text()

    def page(self, target: str) -> str:
        """A page of the console."""
        answer = get(self.console, target)
        assert answer.status == 200, answer
        return answer.body.decode()


@contextlib.contextmanager
def _running(directory: Path, *options: str, **environment: str) -> Iterator[Run]:
    made = Run(directory, *options, **environment)
    try:
        wait_for_port(made.port, made.process)
        yield made
    finally:
        end(made.process)


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    with redis_server(persistent=True, requirepass="secret") as made:
        yield made


def _shown(redis: RedisServer) -> str:
    return redis.url.replace(":secret", "***")


def test_it_says_where_the_channels_are(tmp_path: Path, redis: RedisServer) -> None:
    with _running(tmp_path, NGXPUSH_CHANNELS=f"chat={redis.url}") as one:
        publish(one.port, "/pub?id=news", b"hello")
        one.process.send_signal(signal.SIGINT)
        one.process.wait(PATIENCE)
        assert f"\nngxpush: channels are in {_shown(redis)}\n" in one.said
        assert re.search(r"ngxpush: stopped: \d+ requests?, 1 message published, ", one.said)
        assert "secret" not in one.said


def test_a_reload_leaves_the_channels_where_they_are(tmp_path: Path, redis: RedisServer) -> None:
    with _running(tmp_path, "--channels", redis.url) as one, _running(tmp_path, "--channels", redis.url) as other:
        with subscription(one.port, "/sub/news") as ending, subscription(other.port, "/sub/news") as staying:
            wait_for_subscribers(one.port, "/pub?id=news", 2)
            one.process.send_signal(signal.SIGHUP)
            wait_until(lambda: "ngxpush: reloaded" in one.said)
            assert ending.rest() == b""
            publish(one.port, "/pub?id=news", b"hello")
            assert staying.line() == b"hello"
        wait_until(lambda: len(get(other.port, "/statistics").json["by_worker"]) == 2)
        redis.kill()
        one.process.send_signal(signal.SIGHUP)
        wait_until(lambda: "not reloaded" in one.said)
        refusal = f"ngxpush: the channels in {_shown(redis)} can't be used: it can't be reached ("
        assert refusal in one.said


def test_the_console_shows_the_channels_of_all_servers(tmp_path: Path, redis: RedisServer) -> None:
    with _running(tmp_path, "--channels", redis.url) as one, _running(tmp_path, "--channels", redis.url) as other:
        publish(other.port, "/pub?id=news", b"hello")
        with subscription(other.port, "/sub/news"):
            wait_for_subscribers(one.port, "/pub?id=news")
            assert "news" in one.page("/")
            channel = one.page("/channel?id=news")
            assert "hello" in channel
            health = one.page("/health")
            assert f"They are in {_shown(redis)}, for all servers that share them. It can be reached." in health
            for pid in (one.process.pid, other.process.pid):
                assert f'<td class="number">{pid}</td>' in health
        token = re.search(r'name="token" value="([^"]+)"', channel)
        assert token is not None
        form = urlencode({"token": token[1], "text": "from the console", "store": "on"}).encode()
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        assert ask(one.console, "POST", "/channel/publish?id=news", form, kind).body == b"Published: message 2.\n"
        assert "ngxpush_messages_published_total 2.0" in one.page("/metrics")


def test_the_console_shows_messages_as_they_pass(tmp_path: Path, redis: RedisServer) -> None:
    with _running(tmp_path, "--channels", redis.url) as one:
        publish(one.port, "/pub?id=news", b"before")
        connection = http.client.HTTPConnection("127.0.0.1", one.console, timeout=PATIENCE)
        connection.request("GET", "/channel/live?id=news")
        answer = connection.getresponse()
        while b"event: channel" not in answer.readline():
            pass
        publish(one.port, "/pub?id=news", b"passing now")
        while b"event: passing" not in answer.readline():
            pass
        while b"passing now" not in (line := answer.readline()):
            assert b"before" not in line
        connection.close()


def test_the_console_while_redis_is_away(tmp_path: Path, redis: RedisServer) -> None:
    with _running(tmp_path, "--channels", redis.url) as one:
        publish(one.port, "/pub?id=news", b"hello")
        assert "It can be reached." in one.page("/health")
        redis.kill()
        wait_until(lambda: "It can be reached." not in one.page("/health"))
        assert "the channels are in Redis, which " in one.page("/health")
        for target in ("/", "/channel?id=news"):
            answer = get(one.console, target)
            assert answer.status == 503
            assert b"There are none to show: the channels are in Redis, which " in answer.body
            assert b'<a href="/health">' in answer.body
        assert "ngxpush_zone_reachable 0.0" in one.page("/metrics")
        redis.start()
        wait_until(lambda: "It can be reached." in one.page("/health"))
        assert "ngxpush_zone_reachable 1.0" in one.page("/metrics")


def test_a_start_without_redis(tmp_path: Path) -> None:
    url = f"redis://127.0.0.1:{free_port()}"
    run = Run(tmp_path, "--channels", url)
    assert run.process.wait(PATIENCE) == 1
    assert f"ngxpush: the channels in {url} can't be used: it can't be reached (" in run.said


def test_a_wrong_url(tmp_path: Path) -> None:
    run = Run(tmp_path, "--channels", "http://127.0.0.1")
    assert run.process.wait(PATIENCE) == 2
    assert "Error: --channels has a URL that can't be used: it has to begin with redis://" in run.said
