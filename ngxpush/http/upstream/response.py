"""The head of a server's answer, parsed from pieces of any size."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_STATUS_LINE = re.compile(rb"HTTP/(\d+)\.(\d+) +(\d{3})(?:[ .][^\r\n]*)?\r?\Z")
_BAD_BYTE = re.compile(rb"[\x00-\x20\x7f]")


class InvalidHeader(ValueError):
    """A line that nginx refuses. The message is nginx's."""


class TooBigHeader(ValueError):
    """The head does not fit into proxy_buffer_size."""


@dataclass(slots=True, eq=False)
class Head:
    """An answer's head."""

    # False for an answer without a status line (`HTTP/0.9`), which is passed on unchanged, without a head.
    http: bool = True

    version: tuple[int, int] = (1, 1)
    status: int = 200

    # What stands after the version.
    status_line: bytes = b""

    # The lines in order.
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)

    # Bytes of the head.
    size: int = 0

    # None where none is given, or it can't be understood.
    content_length: int | None = None

    chunked: bool = False
    connection_close: bool = False

    def get(self, name: bytes) -> bytes | None:
        """The value of the last line of that name (in lower case)."""
        return next((value for key, value in reversed(self.headers) if key.lower() == name), None)


class HeadParser:
    """Reads an answer's head.

    rest: after `feed` has returned a head, the bytes after it. Without a status line these are all bytes.
    """

    def __init__(self, buffer_size: int) -> None:
        self.rest = b""
        self._most = buffer_size
        self._data = b""
        self._position = 0
        self._head: Head | None = None

    def feed(self, data: bytes) -> Head | None:
        """Take bytes. Returns None until the head is whole. Raises InvalidHeader and TooBigHeader."""
        self._data += data
        while True:
            end = self._data.find(b"\n", self._position)
            if end < 0:
                if self._head is None and not _may_be_status_line(self._data):
                    return self._without_head()
                if len(self._data) >= self._most:
                    raise TooBigHeader
                return None
            if end >= self._most:
                raise TooBigHeader
            line = self._data[self._position : end]
            self._position = end + 1
            if self._head is None:
                match = _STATUS_LINE.match(line)
                if match is None:
                    return self._without_head()
                self._head = Head(True, (int(match[1]), int(match[2])), int(match[3]), line[match.start(3) :].removesuffix(b"\r"))
            elif line in (b"\r", b""):
                return self._whole()
            else:
                self._head.headers.append(_parse_line(line))

    def _without_head(self) -> Head:
        self.rest = self._data
        return Head(http=False, connection_close=True)

    def _whole(self) -> Head:
        head = self._head
        assert head is not None
        self.rest = self._data[self._position :]
        head.size = self._position
        # nginx does not reuse a connection to an HTTP/1.0 server, whatever its Connection line says.
        head.connection_close = head.version < (1, 1) or b"close" in (head.get(b"connection") or b"").lower()
        head.chunked = b"chunked" in (head.get(b"transfer-encoding") or b"").lower()
        length = head.get(b"content-length")
        if length is not None and length.isdigit() and not head.chunked:
            head.content_length = int(length)
        return head


def _may_be_status_line(data: bytes) -> bool:
    return b"HTTP/".startswith(data[:5]) if len(data) < 5 else data.startswith(b"HTTP/")


def _parse_line(line: bytes) -> tuple[bytes, bytes]:
    """Name and value of a line. Raises InvalidHeader with the line up to the invalid byte."""
    line = line.removesuffix(b"\r")
    name, colon, value = line.partition(b":")
    wrong = _BAD_BYTE.search(name)
    if wrong is not None or not colon or not name:
        shown = name[: wrong.start()] + b"\\x%02x..." % name[wrong.start()] if wrong is not None else name + b"\\x0a..."
        raise InvalidHeader(b'upstream sent invalid header: "%b"' % shown)
    if b"\0" in value:
        raise InvalidHeader(b'upstream sent invalid header: "%b: %b\\x00..."' % (name, value.partition(b"\0")[0].strip(b" ")))
    return name, value.strip(b" ")
