"""A gRPC server that sends frames from a list, and notes those it gets."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator

from hpack import Decoder

from tests.patience import PATIENCE

_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_TOGETHER = b"together"
_DATA, _HEADERS, _PING = 0, 1, 6
_END = 1

SYNC = b"\0\0\x08\x06\0\0\0\0\0" + _TOGETHER
"""A PING at the end of what is sent at once: its acknowledgement is waited for."""

Step = bytes | None
"""What is sent at once. None: wait for the end of the request."""

Frame = tuple[int, int, int, bytes]
"""Type, flags, stream, payload."""


class GrpcServer:
    """Answers each request by the last part of its path. In answers below /kept/ the frames get the number of the stream.

    seen: for each connection the frames that came, without acknowledgements of SYNC.
    """

    def __init__(self, port: int, answers: dict[str, list[Step]], closing: set[str]) -> None:
        self.seen: list[list[str]] = []
        self._answers = answers
        self._closing = closing
        self._listener = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                connection.settimeout(PATIENCE)
                self.seen.append([])
                threading.Thread(target=self._serve, args=(connection, self.seen[-1]), daemon=True).start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _serve(self, connection: socket.socket, seen: list[str]) -> None:
        frames = _frames(connection, seen)
        decoder = Decoder()
        with connection, contextlib.suppress(OSError, StopIteration):
            while True:
                kind, flags, stream, payload = next(frames)
                if kind != _HEADERS:
                    continue
                path = str(dict(decoder.decode(payload))[":path"]).partition("?")[0]
                name = path.rpartition("/")[2]
                self._answer(connection, frames, self._answers[name], stream if "/kept/" in path else 1, bool(flags & _END))
                if name in self._closing:
                    return

    def _answer(self, connection: socket.socket, frames: Iterator[Frame], steps: list[Step], stream: int, ended: bool) -> None:
        for step in steps:
            if step is not None:
                connection.sendall(_on_stream(step, stream) if stream > 1 else step)
            while (step is None and not ended) or (step is not None and step.endswith(SYNC)):
                kind, flags, _, _ = next(frames)
                ended = ended or (kind == _DATA and bool(flags & _END))
                if kind == _PING:
                    break


def _on_stream(sent: bytes, stream: int) -> bytes:
    """Frames of stream 1, as frames of another one."""
    moved = b""
    while sent:
        end = 9 + int.from_bytes(sent[:3], "big")
        number = stream if int.from_bytes(sent[5:9], "big") else 0
        moved += sent[:5] + number.to_bytes(4, "big") + sent[9:end]
        sent = sent[end:]
    return moved


def _frames(connection: socket.socket, seen: list[str]) -> Iterator[Frame]:
    """The frames that come. They end with the connection."""
    with connection.makefile("rb") as stream:
        seen.append(repr(stream.read(len(_PREFACE))))
        while len(head := stream.read(9)) == 9:
            payload = stream.read(int.from_bytes(head[:3], "big"))
            frame = (head[3], head[4], int.from_bytes(head[5:], "big"), payload)
            if payload != _TOGETHER:
                seen.append(repr(frame))
            yield frame
