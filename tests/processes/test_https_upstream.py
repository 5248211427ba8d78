"""Subscribers through a server in front that passes them on with TLS, and a reload of the server that they are passed on to."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
import websockets.sync.client

from tests.certificates import Credentials, credentials
from tests.clients import Subscription, get, publish, subscription, wait_for_subscribers
from tests.running import free_port

from .server import Server, serving

_BACK = """
server {{
    listen 127.0.0.1:{port} ssl;
    ssl_certificate {directory}/a.pem;
    ssl_certificate_key {directory}/a.key;
    keepalive_requests 1000;
    push_stream_message_template "~text~\\n";
    location /long {{ push_stream_subscriber long-polling; push_stream_channels_path $arg_id; }}
    location /events {{
        push_stream_subscriber eventsource; push_stream_channels_path $arg_id; push_stream_header_template "hello";
    }}
    location /socket {{
        push_stream_subscriber websocket; push_stream_channels_path $arg_id; push_stream_websocket_allow_publish on;
    }}
    location /publish {{ push_stream_publisher; push_stream_channels_path $arg_id; push_stream_store_messages on; }}
}}
"""
_FRONT = """
map $http_upgrade $connection_upgrade {{ default upgrade; '' ''; }}
upstream back {{ server 127.0.0.1:{port}; keepalive 8; }}
server {{
    listen 127.0.0.1:{front};
    proxy_http_version 1.1;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection $connection_upgrade;
    proxy_buffering off;
    proxy_ssl_name a.example;
    proxy_ssl_server_name on;
    proxy_ssl_verify on;
    proxy_ssl_trusted_certificate {directory}/root.pem;
    location / {{ proxy_pass https://back; }}
}}
"""


class Pair:
    """Two servers. port: of the one in front.  back: the one with the channels.  root: what the one in front trusts."""

    def __init__(self, port: int, back: Server, root: Credentials) -> None:
        self.port = port
        self.back = back
        self._root = root

    def new_certificate(self) -> None:
        credentials("a", ["a.example"], self._root).save(self.back.directory, "a")

    def wait_for_subscribers(self, channel: str, number: int = 1) -> None:
        wait_for_subscribers(self.back.port, f"/statistics?id={channel}", number)

    def subscription(self, target: str) -> contextlib.AbstractContextManager[Subscription]:
        return subscription(self.port, f"{target}?id=x")

    def socket(self, channel: str) -> websockets.sync.client.ClientConnection:
        return websockets.sync.client.connect(f"ws://127.0.0.1:{self.port}/socket?id={channel}")


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    root = credentials("root")
    root.save(tmp_path, "root")
    credentials("a", ["a.example"], root).save(tmp_path, "a")
    front, port = free_port(), free_port()
    (tmp_path / "front").mkdir()
    with (
        serving(tmp_path, more=_BACK.format(port=port, directory=tmp_path)) as back,
        serving(tmp_path / "front", more=_FRONT.format(port=port, front=front, directory=tmp_path)),
    ):
        yield Pair(front, back, root)


def test_every_transport(pair: Pair) -> None:
    with pair.socket("x") as socket, pair.subscription("/events") as events, pair.subscription("/long") as polling:
        pair.wait_for_subscribers("x", 3)
        assert publish(pair.port, "/publish?id=x", b"one").json["subscribers"] == 3
        assert socket.recv(10) == "one\n"
        assert [events.line() for _ in range(3)] == [b": hello", b"data: one", b""]
        assert polling.rest() == b"one\n"
        socket.send("two" * 10_000)
        assert socket.recv(10) == "two" * 10_000 + "\n"
        assert b"two" * 10_000 in (events.line(), events.line()[6:])
    pair.wait_for_subscribers("x", 0)


def test_a_reload_of_the_server_passed_on_to(pair: Pair) -> None:
    """Subscribers see the end as they would see it without a server between, come again, and miss nothing.

    The server has another certificate then: the session that the one in front keeps is of no use.
    """
    with pair.socket("x") as socket, pair.subscription("/events") as events, pair.subscription("/long") as polling:
        pair.wait_for_subscribers("x", 3)
        pair.new_certificate()
        pair.back.reload()
        with pytest.raises(websockets.exceptions.ConnectionClosed):
            socket.recv(10)
        assert b"data: " not in events.rest()
        assert (polling.response.status, polling.rest()) == (304, b"")
    publish(pair.port, "/publish?id=x", b"one")
    answer = get(pair.port, "/long?id=x", If_Modified_Since="Thu, 01 Jan 1970 00:00:00 GMT", If_None_Match="0")
    assert answer.body == b"one\n"
    # Its kept connections that the reload has ended are not used.
    assert [get(pair.port, "/publish?id=x").status for _ in range(10)] == [200] * 10
