"""grpc_pass in front of a server of the grpc library."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
import pytest

from tests.differential.beside import OURS, ask, serving
from tests.running import free_port

_HEAD = "POST /test.Echo/{} HTTP/1.1\r\nHost: h\r\nTE: trailers\r\nContent-Type: application/grpc\r\nConnection: close\r\n"


class _Echo(grpc.GenericRpcHandler):  # type: ignore[misc]
    def service(self, call: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler | None:
        methods = {
            "/test.Echo/One": grpc.unary_unary_rpc_method_handler(_one),
            "/test.Echo/Each": grpc.stream_stream_rpc_method_handler(_each),
        }
        return methods.get(call.method)


def _one(message: bytes, context: grpc.ServicerContext) -> bytes:
    context.set_trailing_metadata((("x-end", "yes"),))
    return message


def _each(messages: Iterator[bytes], context: grpc.ServicerContext) -> Iterator[bytes]:
    yield from messages


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Where ngxpush listens in front of it."""
    ports = {"PORT1": free_port(), "PORT2": free_port()}
    server = grpc.server(ThreadPoolExecutor(2))
    server.add_generic_rpc_handlers((_Echo(),))
    server.add_insecure_port(f"127.0.0.1:{ports['PORT2']}")
    server.start()
    with serving(OURS, Path(__file__).with_name("grpc.conf"), ports, tmp_path_factory.mktemp("grpc") / "ngxpush"):
        yield ports["PORT1"]
    server.stop(None)


def _message(data: bytes) -> bytes:
    return b"\0" + struct.pack(">I", len(data)) + data


@pytest.mark.parametrize(
    ("method", "sent", "end"),
    [
        ("One", _message(b"hello"), b"0\r\ngrpc-status: 0\r\ngrpc-message: \r\nx-end: yes\r\n\r\n"),
        # Larger than the windows of the server.
        ("One", _message(b"m" * 1_000_000), b"0\r\ngrpc-status: 0\r\ngrpc-message: \r\nx-end: yes\r\n\r\n"),
        ("Each", _message(b"a") + _message(b"b"), b"0\r\ngrpc-status: 0\r\ngrpc-message: \r\n\r\n"),
    ],
)
def test_messages_come_back(port: int, method: str, sent: bytes, end: bytes) -> None:
    head = _HEAD.format(method) + f"Content-Length: {len(sent)}\r\n\r\n"
    answer_head, _, body = ask(port, head.encode() + sent).partition(b"\r\n\r\n")
    assert answer_head.startswith(b"HTTP/1.1 200 OK") and body.endswith(end)
    assert _joined(body) == sent


def test_a_method_that_is_not_there(port: int) -> None:
    head = _HEAD.format("None") + "Content-Length: 5\r\n\r\n"
    assert b"\r\ngrpc-status: 12\r\n" in ask(port, head.encode() + _message(b""))


def _joined(chunked: bytes) -> bytes:
    """The content of chunks."""
    content = b""
    while (size := int(chunked.partition(b"\r\n")[0], 16)) > 0:
        start = chunked.index(b"\r\n") + 2
        content += chunked[start : start + size]
        chunked = chunked[start + size + 2 :]
    return content
