"""Calls of the grpc library through HTTP/2 and grpc_pass, with TLS on both ways and without: nginx 1.22.1 and ngxpush."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc

from tests.certificates import credentials
from tests.patience import PATIENCE
from tests.running import free_port

from .beside import OURS, access_lines, error_lines, needs_nginx, real_nginx, same, serving

pytestmark = needs_nginx

_CONF = Path(__file__).with_name("grpc_calls.conf")
_LARGE = b"m" * 3_000_000


class _Service(grpc.GenericRpcHandler):  # type: ignore[misc]
    """A service whose messages are bytes. ended: a call of Slow was ended by the other side."""

    def __init__(self) -> None:
        self.ended: queue.Queue[None] = queue.Queue()

    def service(self, call: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler | None:
        methods = {
            "One": grpc.unary_unary_rpc_method_handler(self._one),
            "Fail": grpc.unary_unary_rpc_method_handler(self._fail),
            "Count": grpc.unary_stream_rpc_method_handler(self._count),
            "Slow": grpc.unary_stream_rpc_method_handler(self._slow),
            "Join": grpc.stream_unary_rpc_method_handler(self._join),
            "Each": grpc.stream_stream_rpc_method_handler(self._each),
        }
        return methods.get(str(call.method).removeprefix("/test.Calls/"))

    def _one(self, message: bytes, context: grpc.ServicerContext) -> bytes:
        assert context.time_remaining() is not None
        got = dict(context.invocation_metadata())
        context.send_initial_metadata((("x-front", got["x-front"]), ("x-got-bin", got["x-some-bin"])))
        context.set_trailing_metadata((("x-end-bin", b"\0\xff"), ("x-end", "yes")))
        return message

    def _fail(self, message: bytes, context: grpc.ServicerContext) -> bytes:
        context.set_trailing_metadata((("x-why", "because"),))
        context.abort(grpc.StatusCode.INVALID_ARGUMENT, "100 % fälsch")

    def _count(self, message: bytes, context: grpc.ServicerContext) -> Iterator[bytes]:
        for number in range(int(message)):
            yield b"%d " % number * 1000

    def _slow(self, message: bytes, context: grpc.ServicerContext) -> Iterator[bytes]:
        gone = threading.Event()

        def end() -> None:
            self.ended.put(None)
            gone.set()

        context.add_callback(end)
        yield b"one"
        gone.wait(PATIENCE)  # if the call has ended already, the service is not asked for more, and does not get here

    def _join(self, messages: Iterator[bytes], context: grpc.ServicerContext) -> bytes:
        return b",".join(messages)

    def _each(self, messages: Iterator[bytes], context: grpc.ServicerContext) -> Iterator[bytes]:
        yield from messages


@contextlib.contextmanager
def _service(files: Path, ports: dict[str, int]) -> Iterator[_Service]:
    service = _Service()
    server = grpc.server(ThreadPoolExecutor(4))
    server.add_generic_rpc_handlers((service,))
    pair = ((files / "a.key").read_bytes(), (files / "a.pem").read_bytes())
    server.add_insecure_port(f"127.0.0.1:{ports['PORT3']}")
    server.add_secure_port(f"127.0.0.1:{ports['PORT4']}", grpc.ssl_server_credentials((pair,)))
    server.start()
    try:
        yield service
    finally:
        server.stop(None).wait()


class _Calls:
    """The calls on one channel, and what came of them."""

    def __init__(self, channel: grpc.Channel, service: _Service) -> None:
        self.said: list[object] = []
        self._channel = channel
        self._service = service

    def make_all(self) -> None:
        """Every kind of call, one after the other."""
        for each in (self._one, self._large, self._fail, self._unknown, self._count, self._join, self._each, self._together):
            each()
        self._slow("deadline", lambda call: None, timeout=0.5)
        self._slow("cancelled", lambda call: call.cancel(), timeout=PATIENCE)

    def _unary(self, method: str, message: bytes = b"x") -> None:
        ask = self._channel.unary_unary(method)
        metadata = (("x-some-bin", b"\1\2\3"), ("x-text", "a b"))
        try:
            answer, call = ask.with_call(message, metadata=metadata, timeout=PATIENCE)
            self._say(method, call, len(answer), answer[:9])
        except grpc.RpcError as error:
            self._say(method, error)

    def _say(self, method: str, call: grpc.Call, *answer: object) -> None:
        metadata = (call.initial_metadata(), call.trailing_metadata())
        lines = [[line for line in each or () if line[0] != "date"] for each in metadata]
        self.said.append((method, call.code(), call.details(), *lines, *answer))

    def _one(self) -> None:
        self._unary("/test.Calls/One", b"hello")

    def _large(self) -> None:
        self._unary("/test.Calls/One", _LARGE)

    def _fail(self) -> None:
        self._unary("/test.Calls/Fail")

    def _unknown(self) -> None:
        self._unary("/test.Calls/None")
        # A server with TLS asked without, and the other way round.
        self._unary("/elsewhere/One")

    def _count(self) -> None:
        call = self._channel.unary_stream("/test.Calls/Count")(b"100", timeout=PATIENCE)
        answers = list(call)
        self._say("Count", call, len(answers), len(b"".join(answers)))

    def _join(self) -> None:
        answer, call = self._channel.stream_unary("/test.Calls/Join").with_call(
            iter([b"a", b"b" * 100_000, b"c"]), timeout=PATIENCE
        )
        self._say("Join", call, len(answer), answer[:3])

    def _each(self) -> None:
        """Each message is sent after the one before has come back."""
        sent: queue.Queue[bytes | None] = queue.Queue()
        call = self._channel.stream_stream("/test.Calls/Each")(iter(sent.get, None), timeout=PATIENCE)
        for number in range(5):
            message = b"%d" % number * (1 + 30_000 * number)
            sent.put(message)
            assert next(call) == message
        sent.put(None)
        self._say("Each", call, list(call))

    def _together(self) -> None:
        """Calls side by side on one connection."""
        ask = self._channel.unary_unary("/test.Calls/Join")
        calls = [ask.future(b"%d" % number, timeout=PATIENCE) for number in range(10)]
        self.said.append([call.result() for call in calls])

    def _slow(self, what: str, do: Callable[[grpc.Call], None], timeout: float) -> None:
        call = self._channel.unary_stream("/test.Calls/Slow")(b"", timeout=timeout)
        assert next(call) == b"one"
        do(call)
        with contextlib.suppress(grpc.RpcError):
            next(call)
        self.said.append((what, call.code(), self._service.ended.get(timeout=PATIENCE)))


def _play(command: list[str], ports: dict[str, int], files: Path, directory: Path) -> list[str]:
    conf = files / _CONF.name
    conf.write_text(_CONF.read_text().replace("CERTIFICATES", str(files)))
    trusted = grpc.ssl_channel_credentials((files / "a.pem").read_bytes())
    named = (("grpc.ssl_target_name_override", "a.example"),)
    said: list[object] = []
    with _service(files, ports) as service, serving(command, conf, ports, directory):
        for channel in (
            grpc.insecure_channel(f"127.0.0.1:{ports['PORT1']}"),
            grpc.secure_channel(f"127.0.0.1:{ports['PORT2']}", trusted, named),
        ):
            with channel:
                calls = _Calls(channel, service)
                calls.make_all()
            said += calls.said
    lines = [same(str(line), ports, directory) for line in said]
    return lines + sorted(access_lines(ports, directory)) + error_lines(ports, directory)


def test_nginx_and_ngxpush_do_the_same(tmp_path: Path) -> None:
    credentials("a.example", ["a.example"]).save(tmp_path, "a")
    ports = {f"PORT{number}": free_port() for number in (1, 2, 3, 4)}
    real = _play(real_nginx(), ports, tmp_path, tmp_path / "nginx")
    ours = _play(OURS, ports, tmp_path, tmp_path / "ngxpush")
    assert len(real) > 40
    assert ours == real
