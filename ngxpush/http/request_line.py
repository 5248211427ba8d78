"""The request line, parsed as nginx does it: byte by byte, so that a line can be refused before its end has come."""

from __future__ import annotations

import re

from ..numbers import parse_decimal
from .request_input import HTTP_09, HTTP_10

_METHOD = re.compile(rb"[A-Z_-]+")
_SCHEME = re.compile(rb"[A-Za-z][A-Za-z0-9+.-]*")
_AUTHORITY = re.compile(rb"(\[[A-Za-z0-9:._~!$&'()*+,;=-]*(?:\]|\Z)|[A-Za-z0-9.-]*)(?::[0-9]*)?")
_TARGET = re.compile(rb"[^\x00-\x20\x7f]*")
_MINOR_VERSION = re.compile(rb"\.(?:0*[0-9]{1,3}(?: *\r?)?)?")


class Refused(Exception):
    """A request that nginx refuses. status: of the answer.  message: for the error log, at level info."""

    def __init__(self, status: int, message: bytes) -> None:
        super().__init__(status, message)
        self.status = status
        self.message = message


class BrokenLine(Refused):
    """A line that nginx refuses at one of its bytes. It stays in front of what it was about to read."""


class RequestLine:
    """A request line, or the beginning of one. Each step consumes what is allowed and refuses the first byte that is not.

    authority: of an absolute URI, else None.  protocol: as written; b"" where it has only begun, None without one.
    version: 9 (no version is written), 1000 …
    """

    def __init__(self, line: bytes, complete: bool) -> None:
        self.line = line
        self.complete = complete
        self.method = b""
        self.target = b""
        self.authority: bytes | None = None
        self.protocol: bytes | None = None
        self.version = HTTP_09

    def read(self) -> None:
        """Take the line apart. Raises Refused; what was read before then is there."""
        found = _METHOD.match(self.line)
        position = found.end() if found else 0
        if not found or self.line[position : position + 1] not in (b" ", b""):
            if position < len(self.line) or self.complete:
                raise BrokenLine(400, b"client sent invalid method")
            return
        if position == len(self.line):
            self._expect_more(b"client sent invalid method")
            return
        self.method = self.line[:position]
        position = self._skip_spaces(position)
        start = self.line[position : position + 1]
        if start == b"/":
            self._read_path(position)
        elif start.isalpha():
            self._read_absolute(position)
        else:
            self._expect_more() if not start else self._refuse()

    def _expect_more(self, message: bytes = b"client sent invalid request") -> None:
        if self.complete:
            raise BrokenLine(400, message)

    def _refuse(self) -> None:
        raise BrokenLine(400, b"client sent invalid request")

    def _skip_spaces(self, position: int) -> int:
        while self.line[position : position + 1] == b" ":
            position += 1
        return position

    def _read_absolute(self, position: int) -> None:
        found = _SCHEME.match(self.line, position)
        assert found is not None
        position = found.end()
        rest = self.line[position : position + 3]
        if rest != b"://"[: len(rest)]:
            self._refuse()
        if len(rest) < 3:
            self._expect_more()
            return
        found = _AUTHORITY.match(self.line, position + 3)
        assert found is not None
        self.authority = found[1]
        position = found.end()
        next_byte = self.line[position : position + 1]
        if next_byte in (b"/", b"?"):
            self._read_path(position)
        elif next_byte == b" ":
            self.target = b"/"
            self._read_version(self._skip_spaces(position))
        else:
            self._expect_more() if not next_byte else self._refuse()

    def _read_path(self, position: int) -> None:
        found = _TARGET.match(self.line, position)
        assert found is not None
        self.target = found[0]
        position = found.end()
        next_byte = self.line[position : position + 1]
        if next_byte == b" ":
            position = self._skip_spaces(position)
        elif next_byte not in (b"", b"\r"):
            self._refuse()
        self._read_version(position)

    def _read_version(self, position: int) -> None:
        """Read the version. HTTP/0.9 has none: its line ends here."""
        rest = self.line[position:]
        if rest in (b"", b"\r"):
            return
        if rest.startswith(b"H"):
            self.protocol = b""
        if rest[:5] != b"HTTP/"[: len(rest)]:
            self._refuse()
        major = rest[5:6]
        if (major and major in b"23456789") or (major == b"1" and rest[6:7].isdigit()):
            raise BrokenLine(505, b"client sent invalid version")
        if major not in (b"1", b""):
            self._refuse()
        found = _MINOR_VERSION.match(rest, 6)
        if len(rest) > 6 and (found is None or found.end() < len(rest)):
            self._refuse()
        if self.complete:
            if found is None or found.end() - found.start() < 2:
                self._refuse()
            assert found is not None
            self.protocol = b"HTTP/1" + found[0].rstrip(b"\r")
            self.version = HTTP_10 + (parse_decimal(found[0].strip(b". \r")) or 0)
