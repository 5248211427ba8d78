"""A load generator: many subscribers and one publisher in this process. Its own time is not part of any figure."""

from __future__ import annotations

import select
import socket
import time


class Publisher:
    """Publishes over one kept connection."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def publish(self, channel: str, body: bytes, headers: str = "") -> int:
        """POST `body` to /pub?id=CHANNEL; the status of the answer. `headers` are whole lines with their ends."""
        head = f"POST /pub?id={channel} HTTP/1.1\r\nHost: localhost\r\n{headers}Content-Length: {len(body)}\r\n\r\n"
        self._socket.sendall(head.encode() + body)
        return self._status()

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()

    def _status(self) -> int:
        answer = b""
        while (end := answer.find(b"\r\n\r\n")) < 0:
            answer += self._receive()
        headers = answer[:end].lower()
        _, found, length = headers.partition(b"\r\ncontent-length:")
        expected = end + 4 + (int(length.split(b"\r\n")[0]) if found else 0)
        while len(answer) < expected:
            answer += self._receive()
        return int(answer[9:12])

    def _receive(self) -> bytes:
        piece = self._socket.recv(65_536)
        if not piece:
            raise ConnectionError("the server closed the publisher's connection")
        return piece


class Subscribers:
    """Many connections to /sub?id=CHANNEL, counted by the bytes they receive."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._sockets: dict[int, socket.socket] = {}
        self._poll = select.epoll()

    def add(self, number: int, target: str = "/sub?id=bench") -> None:
        """Connect `number` more and wait until each has the headers of its answer; ConnectionError when one is refused."""
        request = f"GET {target} HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n".encode()
        waiting = set()
        for _ in range(number):
            client = socket.create_connection(("127.0.0.1", self._port), timeout=10)
            client.sendall(request)
            client.setblocking(False)
            self._sockets[client.fileno()] = client
            self._poll.register(client, select.EPOLLIN)
            waiting.add(client.fileno())
        deadline = time.monotonic() + 60
        while waiting:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{len(waiting)} subscribers got no answer")
            for descriptor, _ in self._poll.poll(1):
                piece = self._sockets[descriptor].recv(65_536)
                if descriptor in waiting and not piece.startswith(b"HTTP/1.1 200"):
                    raise ConnectionError(f"a subscriber was refused: {piece[:40]!r}")
                waiting.discard(descriptor)

    def drain(self) -> None:
        """Throw away the rest of the answers' beginnings, until nothing has come for 0.2 s."""
        while ready := self._poll.poll(0.2):
            for descriptor, _ in ready:
                self._sockets[descriptor].recv(65_536)

    def count(self, mark: bytes, expected: int) -> None:
        """Read until `mark` has come `expected` times over all subscribers. One byte: it can't lie across two reads."""
        seen = 0
        deadline = time.monotonic() + 60
        while seen < expected:
            ready = self._poll.poll(1)
            if not ready and time.monotonic() > deadline:
                raise TimeoutError(f"{seen} of {expected} deliveries")
            for descriptor, _ in ready:
                piece = self._sockets[descriptor].recv(65_536)
                if not piece:
                    raise ConnectionError("the server closed a subscriber's connection")
                seen += piece.count(mark)

    def close(self) -> None:
        """Close every connection."""
        for client in self._sockets.values():
            client.close()
        self._poll.close()
