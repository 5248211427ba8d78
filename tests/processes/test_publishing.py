"""A publish is answered, however its bytes come, and whatever happens before its body is read."""

from __future__ import annotations

import http.client
import io
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

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
    with socket.create_connection(("127.0.0.1", port), timeout=4) as connection:
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
