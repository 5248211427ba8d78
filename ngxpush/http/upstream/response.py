"""The head of a server's answer, parsed from pieces of any size.

It is judged at the first byte that can't be part of it, not at the end of its line. What nginx takes for a head:

    status line   `HTTP/`, a version of up to three digits on each side of the dot (the first one no zero), blanks, three digits,
                  which blanks may part, and text after a blank or a dot. Any other beginning is an answer without a head
    line          a name of any bytes but controls, blanks, DEL and colons; a colon; a value without NUL. The colon may be
                  missing: the value is empty then. Blanks around the value are dropped
    line end      LF, or any number of CR and then LF; after the status line and in the empty line only one CR
    `HTTP/…`      any line that begins so is ignored: some servers send their status line twice

An answer in the way of CGI need not have a status line: its head begins with a line like any other.

Recordings: found_core/found-upstream/status-lines, error-log-of-*; tests/fuzz/test_upstream_answers.py.
"""

from __future__ import annotations

import enum
import re

from msgspec import Struct, field

from ...numbers import parse_decimal

# What stands before the third digit of the status does not reach the client.
_STATUS_LINE = re.compile(rb"HTTP/([1-9][0-9]{0,2})\.(0*[0-9]{1,3}) +([0-9]) *([0-9]) *(([0-9])(?:[ .][^\r\n]*)?)\r?\n")
_STATUS_ATOMS = [b"H", b"T", b"T", b"P", b"/", b"[1-9]", b"[0-9]{0,2}", rb"\.", b"0*[0-9]{1,3}", b" +", b"[0-9]", b" *", b"[0-9]"]
_STATUS_ATOMS += [b" *", b"[0-9]", rb"(?:[ .][^\r\n]*)?\r?"]
# Finds the longest beginning that may become such a line.
_STATUS_BEGINNING = re.compile(b"".join(b"(?:" + atom for atom in _STATUS_ATOMS) + b")?" * len(_STATUS_ATOMS))

_LINE = re.compile(rb"([^\x00-\x20\x7f:]+)(?:: *([^\x00\r\n]*?) *)?\r*\n")
# nginx drops a line whose name has none of these.
_COUNTS = re.compile(rb"[A-Za-z0-9_-]")
# What may become such a line, or the empty line.
_LINE_BEGINNING = re.compile(rb"[^\x00-\x20\x7f:]+(?::[^\x00\r\n]*)?\r*|\r?")
# What is shown of a line that breaks off: not the blanks before a CR.
_SHOWN = re.compile(rb"[^\x00-\x20\x7f:]+(?:: *+(?:[^\x00\r\n]*(?=\x00)|[^\x00\r\n]*?(?= *\r)))?|")


class InvalidHeader(ValueError):
    """A line that nginx refuses. The message is nginx's."""


class TooBigHeader(ValueError):
    """The head does not fit into proxy_buffer_size."""


class Head(Struct, eq=False):
    """An answer's head."""

    # False for an answer without a status line (`HTTP/0.9`), which is passed on unchanged, without a head.
    http: bool = True

    version: tuple[int, int] = (1, 1)
    status: int = 200

    # From the status on, as it is passed on.
    status_line: bytes = b""

    # The lines in order.
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)

    # Bytes of the head.
    size: int = 0

    # The length of the body, if the language has another way to say it than a line.
    length: int | None = None

    @property
    def chunked(self) -> bool:
        """Whether any Transfer-Encoding line names it."""
        return any(b"chunked" in value.lower() for value in self.all(b"transfer-encoding"))

    @property
    def content_length(self) -> int | None:
        """By the last Content-Length line. None where none is given, it can't be understood, or the body is chunked."""
        if self.length is not None:
            return self.length
        lengths = self.all(b"content-length")
        return parse_decimal(lengths[-1]) if lengths and not self.chunked else None

    @property
    def connection_close(self) -> bool:
        """Whether the connection can't be used again: any Connection line says so, or the server is of HTTP/1.0 or older."""
        return not self.http or self.version < (1, 1) or any(b"close" in value.lower() for value in self.all(b"connection"))

    def all(self, name: bytes) -> list[bytes]:
        """The values of all lines of that name (in lower case), in order."""
        return [value for key, value in self.headers if key.lower() == name]


def take_line(head: Head, line: bytes) -> None:
    """Add a line to a head, if it is whole; else only check it. Raises InvalidHeader."""
    if line.startswith(b"HTTP/"):
        return
    match = _LINE.fullmatch(line)
    if match is not None:
        if _COUNTS.search(match[1]):
            head.headers.append((match[1], match[2] or b""))
    elif line.endswith(b"\n") or _LINE_BEGINNING.fullmatch(line) is None:
        shown = _SHOWN.match(line)
        assert shown is not None
        text = shown[0]
        raise InvalidHeader(b'upstream sent invalid header: "%b\\x%02x..."' % (text, line[len(text)]))


class StatusLine(enum.Enum):
    """Whether a head begins with a status line."""

    # An answer without one has no head.
    NEEDED = enum.auto()

    POSSIBLE = enum.auto()
    ABSENT = enum.auto()


class HeadParser:
    """Reads an answer's head.

    head: what has been read of it.  rest: after `feed` has returned a head, the bytes after it in the buffer. Without a status
    line these are all bytes.  unread: those that do not fit into the buffer, after them.
    """

    def __init__(self, buffer_size: int, status_line: StatusLine = StatusLine.NEEDED) -> None:
        self.head = Head()
        self.rest = b""
        self.unread = b""
        self._most = buffer_size
        self._data = b""
        self._position = 0
        # What may stand at that position.
        self._status_line = status_line

    def feed(self, data: bytes) -> Head | None:
        """Take bytes. Returns None until the head is whole. Raises InvalidHeader and TooBigHeader."""
        room = self._most - len(self._data)
        self._data += data[:room]
        self.unread = data[room:]
        if self._status_line is not StatusLine.ABSENT and not self._begin():
            return self._without_head()
        while self._status_line is StatusLine.ABSENT:
            end = self._data.find(b"\n", self._position) + 1
            line = self._data[self._position : end or None]
            if line in (b"\r\n", b"\n"):
                return self._whole(end)
            take_line(self.head, line)
            if not end:
                break
            self._position = end
        if len(self._data) >= self._most:
            raise TooBigHeader
        return None

    def _begin(self) -> bool:
        """Look for the status line. Returns whether there may be a head."""
        end = self._data.find(b"\n") + 1
        if self._take_status_line(self._data[: end or None], end):
            if end:
                self._position, self._status_line = end, StatusLine.ABSENT
            return True
        needed = self._status_line is StatusLine.NEEDED
        self._status_line = StatusLine.ABSENT
        return not needed

    def _take_status_line(self, line: bytes, whole: int) -> bool:
        """Whether it is a status line, or may become one."""
        match = _STATUS_LINE.fullmatch(line)
        if match is None:
            return not whole and _STATUS_BEGINNING.fullmatch(line) is not None
        head = self.head
        head.version = (int(match[1]), int(match[2][-3:]))
        head.status = int(match[3] + match[4] + match[6])
        # nginx goes back two bytes from the last digit.
        head.status_line = line[match.start(5) - 2 : match.end(5)]
        return True

    def _without_head(self) -> Head:
        self.rest = self._data
        self.head.http = False
        return self.head

    def _whole(self, size: int) -> Head:
        self.rest = self._data[size:]
        self.head.size = size
        return self.head
