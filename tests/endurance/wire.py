"""What goes over the wire, written and read by hand: these clients share nothing with ngxpush, and lose nothing by themselves.

A reader is fed the bytes of one connection and gives back the lines they complete. Bytes that make no sense are a BrokenAnswer.
"""

from __future__ import annotations

from typing import Protocol

UNKNOWN = 503
"""The process that had the channels has been killed, and a worker that asked it something answers this: it may be done or not."""


class BrokenAnswer(Exception):
    """An answer that is not what its protocol allows."""


class Reader(Protocol):
    """Reads what a subscriber gets on one connection."""

    head: Head

    def feed(self, data: bytes) -> list[bytes]:
        """The lines that `data` completes."""

    def at_end(self) -> bool:
        """Whether the answer is complete, so that the connection can be used for the next request."""


class Head:
    """The head of an answer. status: 0 until it is complete; fields: by lower-case name."""

    def __init__(self) -> None:
        self.status = 0
        self.fields: dict[bytes, bytes] = {}
        self._pending = b""

    def feed(self, data: bytes) -> bytes:
        """What follows the head; the head is complete when `status` is not 0."""
        head, end, rest = (self._pending + data).partition(b"\r\n\r\n")
        if not end:
            self._pending = head
            return b""
        self._pending = b""
        first, *lines = head.split(b"\r\n")
        if not first.startswith(b"HTTP/1.1 "):
            raise BrokenAnswer(f"no head: {first[:80]!r}")
        self.status = int(first[9:12])
        fields = (line.partition(b":") for line in lines)
        self.fields = {name.lower(): value.strip() for name, _, value in fields}
        return rest


class Lines:
    """Cuts bytes into lines."""

    def __init__(self) -> None:
        self._pending = b""

    def feed(self, data: bytes) -> list[bytes]:
        *lines, self._pending = (self._pending + data).split(b"\n")
        return lines


class Chunks:
    """Takes the chunks of a body apart. ended: the last one has come; what follows belongs to the next answer."""

    def __init__(self) -> None:
        self.ended = False
        self._pending = b""

    def feed(self, data: bytes) -> bytes:
        """The content of the chunks that are complete."""
        data = self._pending + data
        contents = []
        start = 0
        while not self.ended and (eol := data.find(b"\r\n", start)) >= 0:
            try:
                size = int(data[start:eol], 16)
            except ValueError as error:
                raise BrokenAnswer(f"no chunk: {data[start:eol][:80]!r}") from error
            end = eol + 2 + size
            if len(data) < end + 2:
                break
            if data[end : end + 2] != b"\r\n":
                raise BrokenAnswer(f"a chunk without end: {data[end : end + 80]!r}")
            contents.append(data[eol + 2 : end])
            start = end + 2
            self.ended = size == 0
        self._pending = data[start:]
        return b"".join(contents)


class Streaming:
    """An answer to HTTP/1.0, which ends with the connection."""

    def __init__(self) -> None:
        self.head = Head()
        self._lines = Lines()

    def feed(self, data: bytes) -> list[bytes]:
        if not self.head.status:
            data = self.head.feed(data)
        return self._lines.feed(data)

    def at_end(self) -> bool:
        return False


class EventSource:
    """Events in chunks. Comments and ids are left out: an id is also in the data."""

    def __init__(self) -> None:
        self.head = Head()
        self._chunks = Chunks()
        self._lines = Lines()

    def feed(self, data: bytes) -> list[bytes]:
        if not self.head.status:
            data = self.head.feed(data)
        lines = self._lines.feed(self._chunks.feed(data))
        return [line.removeprefix(b"data: ").removeprefix(b": ") for line in lines if line.startswith((b"data: ", b": "))]

    def at_end(self) -> bool:
        return self._chunks.ended


class LongPolling:
    """One answer, in chunks, with the messages there are; 304, without any, when the server has waited long enough."""

    def __init__(self) -> None:
        self.head = Head()
        self._chunks = Chunks()
        self._body = b""

    def feed(self, data: bytes) -> list[bytes]:
        """The lines of a whole answer: what is cut off counts for nothing, and is asked for again."""
        if not self.head.status:
            data = self.head.feed(data)
        self._body += self._chunks.feed(data)
        return self._body.splitlines() if self._chunks.ended else []

    def at_end(self) -> bool:
        return self._chunks.ended or self.head.status == 304


class WebSocket:
    """Text frames of a server, one message in each."""

    def __init__(self) -> None:
        self.head = Head()
        self._pending = b""

    def feed(self, data: bytes) -> list[bytes]:
        if not self.head.status:
            data = self.head.feed(data)
        data = self._pending + data
        payloads = []
        start = 0
        while (bounds := _payload(data, start)) is not None:
            first = data[start]
            if first == 0x81:
                payloads.append(data[bounds[0] : bounds[1] - 1])  # without the end of the line
            elif first != 0x88:
                raise BrokenAnswer(f"neither text nor close: {first:#x}")
            start = bounds[1]
        self._pending = data[start:]
        return payloads

    def at_end(self) -> bool:
        return False


def _payload(data: bytes, start: int) -> tuple[int, int] | None:
    """Where the payload of the frame at `start` begins and ends; None when the frame is not complete."""
    begin = start + 2
    if len(data) < begin:
        return None
    size = data[start + 1]
    if size >= 126:
        begin += 2 if size == 126 else 8
        size = int.from_bytes(data[start + 2 : begin])
    return (begin, begin + size) if len(data) >= begin + size else None
