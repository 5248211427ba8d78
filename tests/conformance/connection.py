"""One client connection of a scenario: sends bytes, reads until an answer is whole, the line is quiet, or the peer closes."""

from __future__ import annotations

import re
import select
import socket
import time

from tests.patience import PATIENCE

_CONTENT_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)")


class Connection:
    """A blocking socket with the reading rules of the recordings. `last` is what the latest read returned."""

    def __init__(self, host: str, port: int) -> None:
        self._socket = socket.create_connection((host, port), timeout=PATIENCE)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._asked_with_head = False
        self.closed = False
        self.last = b""

    def send(self, data: bytes) -> None:
        """Send `data`; a peer that is gone makes the connection closed."""
        self._asked_with_head = data.startswith(b"HEAD ")
        try:
            self._socket.sendall(data)
        except OSError:
            self.closed = True

    def receive(self, wait_ms: int, quiet_ms: int, until: str) -> bytes:
        """Read for at most `wait_ms`; once something came, until nothing more comes for `quiet_ms`.

        `until` is "auto" (ends early when the answer is whole), "quiet", or "close" (silence does not end the reading).
        """
        data = b""
        deadline = time.monotonic() + wait_ms / 1000
        while not self.closed and self._readable(deadline - time.monotonic()):
            piece = self._read()
            if not piece:
                self.closed = True
                break
            data += piece
            if until == "auto" and answer_is_whole(data, self._asked_with_head) and not self._readable(0.01):
                break
            if until != "close":
                deadline = time.monotonic() + quiet_ms / 1000
        self.last = data
        return data

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()

    def _readable(self, seconds: float) -> bool:
        return seconds > 0 and bool(select.select([self._socket], [], [], seconds)[0])

    def _read(self) -> bytes:
        try:
            return self._socket.recv(1 << 16)
        except OSError:
            return b""


def answer_is_whole(data: bytes, asked_with_head: bool) -> bool:
    """Whether `data` holds one whole HTTP answer, as far as its own headers say where it ends."""
    head, separator, body = data.partition(b"\r\n\r\n")
    status = head[9:12]
    if not separator or status == b"101":
        return False
    if status in (b"204", b"304") or asked_with_head:
        return True
    headers = head.lower()
    if length := _CONTENT_LENGTH.search(headers):
        return len(body) >= int(length[1])
    if b"transfer-encoding: chunked" in headers:
        return body == b"0\r\n\r\n" or body.endswith(b"\r\n0\r\n\r\n")
    return False
