"""A publish is answered, however its bytes come, and whatever happens before its body is read."""

from __future__ import annotations

import contextlib
import http.client
import io
import socket
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.patience import PATIENCE
from tests.running import free_port, wait_for_port

from .server import Server, serving

# The zone has 32 MB, and what is published stays there for ten seconds.
_SIZES = (0, 1, 16_384, 65_536, 100_000, 131_072, 400_000)
_PLACES = ("/plain", "/asked", "/delayed", "/asked-delayed", "/proxied", "/mirrored", "/streamed")


def _locations(port: int) -> str:
    push = "push_stream_publisher; push_stream_channels_path c; push_stream_store_messages off;"
    return f"""
    limit_req_zone $server_name zone=z:1m rate=50r/s;
    server {{
        listen 127.0.0.1:{port};
        client_max_body_size 2m; client_body_timeout 5s;
        location = /plain {{ {push} }}
        location = /asked {{ auth_request /ask; {push} }}
        location = /delayed {{ limit_req zone=z burst=100; {push} }}
        location = /asked-delayed {{ auth_request /ask-delayed; limit_req zone=z burst=100; {push} }}
        location = /mirrored {{ mirror /ask; {push} }}
        location = /proxied {{ proxy_pass http://127.0.0.1:{port}/plain; }}
        location = /streamed {{ proxy_request_buffering off; proxy_http_version 1.1; proxy_pass http://127.0.0.1:{port}/asked; }}
        location = /ask {{ return 204; }}
        location = /ask-delayed {{
            proxy_pass http://127.0.0.1:{port}/ask; proxy_pass_request_body off; proxy_set_header Content-Length "";
        }}
    }}
    """


@pytest.fixture(scope="module", params=[1, 2])
def port(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    port = free_port()
    directory: Path = tmp_path_factory.mktemp("publishing")
    with serving(directory, workers=request.param, more=_locations(port)) as server:
        assert isinstance(server, Server)
        wait_for_port(port)
        yield port


class _Received:
    """What http.client reads an answer from."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def makefile(self, mode: str) -> io.BufferedReader:
        return self._connection.makefile("rb")


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("place", _PLACES)
def test_head_and_body_in_one_piece(port: int, place: str, chunked: bool) -> None:
    """And then the next one on the same connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        for size in _SIZES:
            if not size and place != "/plain":
                continue
            body = b"x" * size
            length = b"Transfer-Encoding: chunked" if chunked else b"Content-Length: %d" % size
            sent = (b"%x\r\n%b\r\n" % (size, body) if size else b"") + b"0\r\n\r\n" if chunked else body
            connection.sendall(b"POST %b HTTP/1.1\r\nHost: a\r\n%b\r\n\r\n" % (place.encode(), length) + sent)
            answer = http.client.HTTPResponse(_Received(connection))  # type: ignore[arg-type]
            answer.begin()
            text = answer.read()
            assert answer.status == (200 if size else 400), (size, answer.status, text)


def _both(port: int) -> str:
    return f"""
    server {{
        listen 127.0.0.1:{port};
        push_stream_channels_path a/b;
        location = /events {{ push_stream_subscriber eventsource; push_stream_message_template "~id~ ~text~"; }}
        location = /frames {{ push_stream_subscriber websocket; push_stream_message_template "~id~ ~text~"; }}
        location = /both {{ push_stream_publisher; push_stream_store_messages off; }}
    }}
    """


_HANDSHAKE = b"Upgrade: a\r\nConnection: b\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: c\r\n"
# A request, the end of the beginning of its answer, and a message.
_SUBSCRIBERS = (
    (b"GET /events HTTP/1.1\r\nHost: a\r\n\r\n", b": \n\r\n", b"b\r\ndata: %d m\n\n\r\n"),
    (b"GET /events HTTP/1.0\r\n\r\n", b": \n", b"data: %d m\n\n"),
    (b"GET /frames HTTP/1.1\r\nHost: a\r\n" + _HANDSHAKE + b"\r\n", b"\r\n\r\n", b"\x81\x03%d m"),
)


def _segments(connection: socket.socket) -> int:
    """How many segments with data have come: the writes of the other side, as long as they are few."""
    (count,) = struct.unpack_from("I", connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 156), 152)
    return int(count)


def _receive_until(connection: socket.socket, end: bytes) -> bytes:
    received = b""
    while not received.endswith(end):
        received += (piece := connection.recv(65536))
        assert piece, received
    return received


def test_what_is_published_in_one_turn_reaches_a_subscriber_in_one_write(tmp_path: Path) -> None:
    """Four requests in one segment, to two channels each."""
    port = free_port()
    with contextlib.ExitStack() as opened:
        opened.enter_context(serving(tmp_path, workers=1, more=_both(port)))
        wait_for_port(port)
        publisher, *clients = [
            opened.enter_context(socket.create_connection(("127.0.0.1", port), timeout=PATIENCE))
            for _ in range(1 + len(_SUBSCRIBERS))
        ]
        for client, (request, begin, _) in zip(clients, _SUBSCRIBERS, strict=True):
            client.sendall(request)
            _receive_until(client, begin)
        before = [_segments(client) for client in clients]
        publisher.sendall(b"POST /both HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nm" * 4)
        for client, count, (_, _, message) in zip(clients, before, _SUBSCRIBERS, strict=True):
            expected = b"".join([message % id * 2 for id in range(1, 5)])
            assert _receive_until(client, expected[-len(message % 4) * 2 :]) == expected
            assert _segments(client) - count == 1
