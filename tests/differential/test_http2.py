"""HTTP/2 beside the real nginx 1.22.1: scripts of frames, what comes back, and the logs."""

from __future__ import annotations

import re
import socket
from pathlib import Path

from hpack import Decoder

from tests.patience import PATIENCE
from tests.running import free_port

from .beside import OURS, access_lines, error_lines, needs_nginx, real_nginx, serving

pytestmark = needs_nginx

_CONF = Path(__file__).with_name("http2.conf")
_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_END = b"theend!!"
_NAMES = (
    "DATA",
    "HEADERS",
    "PRIORITY",
    "RST_STREAM",
    "SETTINGS",
    "PUSH_PROMISE",
    "PING",
    "GOAWAY",
    "WINDOW_UPDATE",
    "CONTINUATION",
)


def _frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    return len(payload).to_bytes(3, "big") + bytes((kind, flags)) + stream.to_bytes(4, "big") + payload


def _setting(name: int, value: int) -> bytes:
    return _frame(4, 0, 0, name.to_bytes(2, "big") + value.to_bytes(4, "big"))


def _window(stream: int, count: int) -> bytes:
    return _frame(8, 0, stream, count.to_bytes(4, "big"))


def _line(name: bytes, value: bytes) -> bytes:
    size = (
        bytes((len(value),)) if len(value) < 127 else b"\x7f" + bytes((((len(value) - 127) & 127) | 128, (len(value) - 127) >> 7))
    )
    return bytes((0, len(name))) + name + size + value


def _block(path: bytes, *lines: tuple[bytes, bytes], method: bytes = b"GET") -> bytes:
    pseudo = ((b":method", method), (b":scheme", b"http"), (b":path", path), (b":authority", b"localhost"))
    return b"".join(_line(*line) for line in (*pseudo, *lines))


def _get(path: bytes, *lines: tuple[bytes, bytes], stream: int = 1, flags: int = 5, method: bytes = b"GET") -> bytes:
    return _frame(1, flags, stream, _block(path, *lines, method=method))


def _post(path: bytes, *lines: tuple[bytes, bytes], stream: int = 1) -> bytes:
    return _get(path, *lines, stream=stream, flags=4, method=b"POST")


_LONG = _block(b"/text", (b"x-a", b"b" * 300))
_SCRIPTS = [
    _get(b"/text", (b"cookie", b"a=1"), (b"x-a", b" b "), (b"cookie", b"c=2")),
    _get(b"/page.txt") + _get(b"/none", stream=3) + _get(b"/moved", stream=5) + _get(b"/nothing", stream=7),
    _get(b"/closed") + _get(b"/text", method=b"TRACE", stream=3) + _get(b"/page.txt", method=b"HEAD", stream=5),
    _get(b"/big.txt") + _get(b"/chunks/page.html", stream=3) + _window(0, 1 << 20),
    _setting(4, 3) + _get(b"/page.txt") + _get(b"/text", stream=3) + _get(b"/text", stream=5) + _window(1, 9) + _setting(4, 9999),
    _frame(1, 0x2D, 1, b"\x02\0\0\0\0\x10" + _LONG + b"\0\0"),
    _frame(1, 1, 1, _LONG[:40]) + _frame(9, 0, 1, _LONG[40:41]) + _frame(9, 4, 1, _LONG[41:]),
    _frame(1, 1, 1, _LONG[:40]) + _get(b"/text", stream=3),
    _get(b"/text", (b"X-A", b"b")) + _get(b"/text", (b"x y", b"b"), stream=3) + _get(b"/text", (b"x-a", b"a\nb"), stream=5),
    _get(b"/text", (b":path", b"/text"), (b"x-a", b"b")) + _get(b"/text", (b":status", b"200"), stream=3),
    _get(b"text") + _get(b"/%", stream=3) + _get(b"/te xt", stream=5) + _get(b"/text", method=b"get", stream=7),
    _get(b"/text", (b"transfer-encoding", b"gzip")) + _get(b"/text", (b"x_a", b"b"), (b"host", b"other"), stream=3),
    _get(b"/text", (b"x-a", b"b" * 600)),
    _get(b"/text", *[(b"x-a", b"b" * 500)] * 3),
    _post(b"/text") + _frame(0, 0, 1, b"abc"),
    _post(b"/body") + _frame(0, 0, 1, b"abc") + _frame(3, 0, 1, bytes(3) + b"\x08"),
    _post(b"/body") + _frame(0, 0, 1, bytes(101)),
    _get(b"/text", stream=3) + _get(b"/text", stream=1),
    _get(b"/text", stream=2),
    _frame(2, 0, 3, bytes(4) + b"\x10") * 101,
    _frame(6, 0, 0, b"short"),
    _frame(4, 0, 0, b"short"),
    _frame(7, 0, 0, bytes(8)) + _frame(99, 1, 5, b"unknown") + _get(b"/text"),
    _frame(0, 0, 0, b"a"),
    _frame(5, 4, 1, bytes(4) + b"\x82"),
    _frame(9, 4, 1, b"\x82"),
    _window(0, 0),
    _get(b"/big.txt") + _window(1, (1 << 31) - 1),
    _window(0, (1 << 31) - 1),
]
# Their answers come later: how many streams are to end.
_PROXIED = [
    (_post(b"/body", (b"content-length", b"5")) + _frame(0, 8, 1, b"\x02abc\0\0") + _frame(0, 1, 1, b"de"), 1),
    (_post(b"/body", (b"content-length", b"5")) + _frame(0, 1, 1, b"abc"), 1),
    (_post(b"/stream", (b"content-length", b"3")) + _frame(0, 1, 1, b"abcd"), 1),
    (_post(b"/small", (b"content-length", b"11")) + _post(b"/small", stream=3) + _frame(0, 1, 3, b"abcdefghijkl"), 2),
]


def _talk(port: int, script: bytes, ends: int) -> list[str]:
    """Send a script, and read until so many streams have ended and a ping is answered, or the server closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as client:
        client.sendall(_PREFACE + _frame(4, 0, 0) + _frame(4, 1, 0) + script)
        frames = _Frames(client)
        while sum(not re.match(r"(HEADERS|DATA) [04] ", line) and line[0] in "HDR" for line in frames.lines) < ends:
            frames.lines.append(frames.next_line())
        client.sendall(_frame(6, 0, 0, _END))
        frames.read_to_ping()
        return frames.lines


class _Frames:
    """The frames that a client gets, as text."""

    def __init__(self, client: socket.socket) -> None:
        self.lines: list[str] = []
        self._client = client
        self._decoder = Decoder()
        self._data = b""

    def next_line(self) -> str:
        """The next frame, or the end."""
        while (whole := self._next()) is None:
            try:
                more = self._client.recv(65536)
            except ConnectionError:
                more = b""
            if not more:
                return "end"
            self._data += more
        return self._text(whole)

    def read_to_ping(self) -> None:
        """Read until the ping is answered, or the connection ends."""
        while not self.lines or self.lines[-1] not in ("end", f"PING 1 0 {_END!r}"):
            self.lines.append(self.next_line())

    def _next(self) -> bytes | None:
        size = 9 + int.from_bytes(self._data[:3], "big")
        if len(self._data) < size:
            return None
        whole, self._data = self._data[:size], self._data[size:]
        return whole

    def _text(self, whole: bytes) -> str:
        kind, flags, stream, payload = whole[3], whole[4], int.from_bytes(whole[5:9], "big"), whole[9:]
        shown: object = payload if kind else (len(payload), payload[:9])
        if kind == 1:
            shown = [line for line in self._decoder.decode(payload) if line[0] not in ("date", "location")]
        return f"{_NAMES[kind]} {flags:x} {stream} {shown}"


def _play(command: list[str], directory: Path) -> list[str]:
    ports = {"PORT1": free_port(), "PORT2": free_port()}
    lines: list[str] = []
    with serving(command, _CONF, ports, directory):
        for number, (script, ends) in enumerate([*((script, 0) for script in _SCRIPTS), *_PROXIED]):
            lines += [f"# {number}", *_talk(ports["PORT1"], script, ends)]
    by_chance = r" while (connecting|sending request) to upstream|upstream: .*"
    errors = [re.sub(by_chance, "", line) for line in error_lines(ports, directory)]
    return lines + sorted(access_lines(ports, directory)) + sorted(errors)


def test_scripts_of_frames(tmp_path: Path) -> None:
    assert _play(OURS, tmp_path / "ngxpush") == _play(real_nginx(), tmp_path / "nginx")
