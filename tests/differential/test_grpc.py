"""grpc_pass beside the real nginx 1.22.1: what the server gets, what the client gets, and the logs."""

from __future__ import annotations

from pathlib import Path

from tests.running import free_port

from .beside import OURS, access_lines, ask, error_lines, needs_nginx, real_nginx, same, serving
from .grpc_server import SYNC, GrpcServer, Step

pytestmark = needs_nginx

_CONF = Path(__file__).with_name("grpc.conf")


def _frame(kind: int, flags: int, payload: bytes = b"", stream: int = 1) -> bytes:
    return len(payload).to_bytes(3, "big") + bytes((kind, flags)) + stream.to_bytes(4, "big") + payload


def _line(name: bytes, value: bytes) -> bytes:
    return bytes((0, len(name))) + name + bytes((len(value),)) + value


def _data(body: bytes, flags: int = 0, stream: int = 1) -> bytes:
    return _frame(0, flags, body, stream)


def _head(block: bytes = b"", flags: int = 4, stream: int = 1) -> bytes:
    return _frame(1, flags, b"\x88" + block, stream)


_X = _head(_line(b"x-a", b"b"))
_TRAILERS = _frame(1, 5, _line(b"grpc-status", b"0"))
_SETTINGS = _frame(4, 0, stream=0)


# By the last part of the path.
_ANSWERS: dict[str, list[Step]] = {
    "ok": [_SETTINGS, None, _X + SYNC, _data(b"Hello ") + SYNC, _data(b"world") + _TRAILERS],
    "trailers": [_X + _frame(1, 5, _line(b"set-cookie", b"a") + _line(b"date", b"d") + _line(b"x-accel-expires", b"1"))],
    "only": [_head(_line(b"content-type", b"application/grpc") + _line(b"grpc-status", b"12"), 5)],
    "length": [_head(_line(b"content-length", b"3")) + SYNC, _data(b"abc") + _TRAILERS],
    "less": [_head(_line(b"content-length", b"4")) + SYNC, _data(b"abc") + SYNC, _TRAILERS],
    "more": [_head(_line(b"content-length", b"2")) + SYNC, _data(b"abc") + _TRAILERS],
    "lines": [
        _head(b"".join(_line(name, b"1") for name in (b"server", b"x-pad", b"upgrade", b"connection", b"keep-alive"))) + SYNC,
        _TRAILERS,
    ],
    "redirect": [_head(_line(b"x-accel-redirect", b"/page") + _line(b"set-cookie", b"a"), 5)],
    "padded": [_X + SYNC, _frame(0, 8, b"\3abc\0\0\0") + SYNC, _frame(0, 9, b"\0def")],
    "split": [_frame(1, 0, b"\x88") + _frame(9, 4, _line(b"x-a", b"c")) + _TRAILERS],
    "404": [_frame(1, 4, b"\x8d") + _data(b"x", 1)],
    "503": [_frame(1, 5, _line(b":status", b"503"))],
    "204": [_frame(1, 5, b"\x89")],
    "empty": [_frame(1, 5)],
    "stuck": [_frame(4, 0, b"\0\4\0\0\0\0", 0)],
    "again": [_X + _data(b"x", 1)],
    "going": [_X + _frame(7, 0, b"\0\0\0\x63\0\0\0\0", 0) + _TRAILERS],
    "reset": [_X + _TRAILERS + _frame(3, 0, bytes(4))],
    "two": [_frame(4, 0, b"\0\4\0\0\0\2", 0) + _X + _TRAILERS],
    "slow": [SYNC, _frame(8, 0, b"\0\0\0\1") + SYNC, _frame(8, 0, b"\0\0\0\x08"), None, _X + _TRAILERS],
    "big": [_head(b"".join(_line(b"a%d" % number, b"v" * 100) for number in range(12)), 5)],
    "silent": [_X + SYNC, _data(b"abc")],
}
_BEFORE_HEAD = {
    "data": _data(b"x"),
    "stream": _frame(1, 4, b"\x88", 3),
    "push": _frame(5, 4, b"\0\0\0\2"),
    "rst": _frame(3, 0, b"\0\0\0\7"),
    "goaway": _frame(7, 0, b"\0\0\0\0\0\0\0\2debug", 0),
    "wide": _frame(8, 0, b"\x7f\xff\xff\xff"),
    "setting": _frame(4, 0, b"\0\4\xff\xff\xff\xff", 0),
    "pong": _frame(6, 1, b"12345678", 0),
    "nostatus": _frame(1, 4, _line(b"a", b"b")),
    "twice": _head(b"\x88"),
    "status": _frame(1, 4, _line(b":status", b"2x0")),
    "early": _frame(1, 4, _line(b":status", b"103")),
    "pseudo": _head(_line(b":foo", b"1")),
    "upper": _head(_line(b"fOo", b"1")),
    "cr": _head(_line(b"foo", b"1\r2")),
    "index": _head(b"\xbe"),
    "table": _head(b"\x21"),
    "huffman": _head(b"\x00\x84\xff\xff\xff\xff\x01a"),
    "truncated": _head(b"\x00\x05ab"),
    "http1": b"HTTP/1.1 400 Bad Request\r\n\r\n",
    "closed": _X[:12],
}
_AFTER_HEAD = {
    "datastream": _data(b"x", 0, 3),
    "cancel": _frame(3, 0, b"\0\0\0\2"),
    "away": _frame(7, 0, bytes(8), 0),
    "trailer": _frame(1, 4, _line(b"a", b"b")),
    "pseudotrailer": _frame(1, 5, _line(b":a", b"b")),
    "badtrailer": _frame(1, 5, b"\xbe"),
    "padding": _frame(0, 8, b"\4\0\0\0"),
    "after": _TRAILERS + _data(b"x"),
    "cancelafter": _TRAILERS + _frame(3, 0, b"\0\0\0\x08"),
    "pingafter": _TRAILERS + _frame(6, 0, b"12345678", 0),
    "over": _data(b"x") + SYNC,
}
_CLOSING = {"closed", "over"}

_ANSWERS |= {name: [sent] for name, sent in _BEFORE_HEAD.items()}
_ANSWERS |= {name: [_X + SYNC, sent] for name, sent in _AFTER_HEAD.items()}

_KEPT = ["again", "again", "only", "only", "going", "again", "204", "again", "reset", "again", "pingafter", "again", "two"]
_ELSEWHERE = (
    "hidden/ok set/ok to/ok rw/ok two/ok two/ok one/ok unix/ok ie/404 ie/503 ep/ok ih/redirect small/big small/silent gz/length"
)
_BAD = "bad/?to=http://127.0.0.1:1 bad/?to=grpc:// bad/?to=127.0.0.1 bad/ bad/?to=grpc://h/u"


def _requests() -> list[bytes]:
    end = "Host: h\r\nConnection: close\r\n"
    lines = (
        "TE: gzip, trailers\r\nUser-Agent: u\r\nX-Foo: c\r\nAccept-Encoding: gzip\r\nUpgrade: x\r\nKeep-Alive: 3\r\nExpect: y\r\n"
    )
    paths = [*_ANSWERS, *[f"kept/{name}" for name in _KEPT], *_ELSEWHERE.split(), *_BAD.split()]
    texts = [f"GET /{path} HTTP/1.1\r\n{end}{lines}\r\n" for path in paths if path not in ("stuck", "silent", "slow")]
    texts += [
        "GET /only HTTP/1.0\r\n\r\n",
        "GET /ok HTTP/1.0\r\n\r\n",
        f"HEAD /length HTTP/1.1\r\n{end}\r\n",
        f"PUT /only HTTP/1.1\r\n{end}\r\n",
    ]
    posted = ("ok", "kept/slow", "kept/again", "two/503", "small/stuck", "set/ok", "rst")
    texts += [f"POST /{path} HTTP/1.1\r\n{end}Content-Length: 5\r\n\r\nhello" for path in posted]
    texts += [f"POST /ok HTTP/1.1\r\n{end}Content-Length: 0\r\n\r\n"]
    texts += [f"POST /ok HTTP/1.1\r\n{end}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"]
    return [text.encode() for text in texts]


def _play(command: list[str], ports: dict[str, int], directory: Path) -> list[str]:
    server = GrpcServer(ports["PORT2"], _ANSWERS, _CLOSING)
    try:
        with serving(command, _CONF, ports, directory):
            lines = [same(ask(ports["PORT1"], request).decode("latin-1"), ports, directory) for request in _requests()]
    finally:
        server.close()
    lines += [f"{place} {frame}" for place, frames in enumerate(server.seen) for frame in frames]
    return lines + access_lines(ports, directory) + error_lines(ports, directory)


def test_nginx_and_ngxpush_say_the_same(tmp_path: Path) -> None:
    ports = {f"PORT{number}": free_port() for number in (1, 2, 3)}
    real = _play(real_nginx(), ports, tmp_path / "nginx")
    ours = _play(OURS, ports, tmp_path / "ngxpush")
    assert len(real) > 400
    assert ours == real
