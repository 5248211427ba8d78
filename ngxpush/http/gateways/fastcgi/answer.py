"""The answer of a FastCGI server: records whose standard output is a head and a body, as of a CGI script.

nginx reads the head within one buffer, the headers of records and what comes on standard error included. As long as there is only
standard error, the buffer is emptied again and again. Each piece of it that comes is a line of the error log.
Measured with nginx 1.22.1 (tests/differential/test_fastcgi.py).
"""

from __future__ import annotations

from collections.abc import Callable

from ....numbers import parse_decimal
from ...upstream.body import BodyReader, InvalidBody
from ...upstream.response import Head, InvalidHeader, TooBigHeader, take_line
from ..cgi.status import complete
from .records import END_REQUEST, HEADER, STDERR, STDOUT, InvalidRecord, RecordPart, RecordReader

_WITHOUT_BODY = frozenset((204, 304))

Log = Callable[[str, bytes], None]
"""Writes a line of this level to the error log."""


class FastcgiAnswer:
    """One answer (`upstream.codec.ServerAnswer`).

    caught: texts on standard error that make the answer invalid (fastcgi_catch_stderr).  keep: fastcgi_keep_conn.
    is_buffered: whether the body is read ahead of the client; known when the head is whole.  to_head: the request is HEAD.
    """

    upgraded = False

    def __init__(
        self,
        log: Log,
        buffer_size: int,
        caught: tuple[bytes, ...],
        keep: bool,
        is_buffered: Callable[[], bool],
        to_head: bool = False,
    ) -> None:
        self.head = Head()
        self.rest = b""
        self.unread = b""
        self._log = log
        self._most = buffer_size
        self._caught = caught
        self._keep = keep
        self._is_buffered = is_buffered
        self._to_head = to_head
        self._records = RecordReader()
        self._stdout = False
        # The beginning of a line.
        self._line = b""
        self._body: FastcgiBody | None = None

    def feed(self, data: bytes) -> Head | None:
        """Take bytes of the head."""
        self.unread = data
        while self.unread:
            room = self._most - self.head.size
            taken, self.unread = self.unread[:room], self.unread[room:]
            try:
                position = self._take(taken)
            except InvalidRecord as invalid:
                raise InvalidHeader(invalid.args[0]) from None
            if position is not None:
                self.head.size += position
                self.rest = taken[position:]
                return self.head
            if self.head.size >= self._most:
                raise TooBigHeader
        return None

    def _take(self, data: bytes) -> int | None:
        """Take what is in the buffer. Returns the position after the head, if it is whole."""
        records, position, whole, start = self._records, 0, False, 0
        while position < len(data) and not whole:
            if records.part is RecordPart.HEADER:
                position, begun = records.take_header(data, position)
                if begun:
                    self._check_begun()
            elif records.part is RecordPart.CONTENT and records.kind == STDERR:
                content = records.take_content(data, position)
                position += len(content)
                self._take_stderr(content)
                if position == len(data) and not self._stdout:
                    self.head.size, start = 0, position
            elif records.part is RecordPart.CONTENT:
                used, whole = self._take_lines(data[position : position + records.length])
                records.take_content(data, position, position + used)
                position += used
            else:
                position = records.take_padding(data, position)
        if not whole:
            self.head.size += position - start
            return None
        complete(self.head)
        self._measure()
        return position

    def _check_begun(self) -> None:
        """Check a record whose header has been read."""
        records = self._records
        if records.kind == STDOUT:
            self._stdout = True
            if not records.length:
                raise InvalidHeader(b"upstream prematurely closed FastCGI stdout")
        elif records.kind != STDERR:
            raise InvalidHeader(b"upstream sent unexpected FastCGI record: %d" % records.kind)

    def _take_stderr(self, content: bytes) -> None:
        if not content:
            return
        line = stderr_line(content)
        if any(text in content for text in self._caught):
            raise InvalidHeader(line)
        self._log("error", line)

    def _take_lines(self, data: bytes) -> tuple[int, bool]:
        """Take lines of the head. Returns how many bytes belong to it, and whether it is whole."""
        position = 0
        while position < len(data):
            end = data.find(b"\n", position) + 1
            line = self._line + data[position : end or None]
            position = end or len(data)
            if line in (b"\r\n", b"\n"):
                return position, True
            take_line(self.head, line)
            self._line = b"" if end else line
        return position, False

    def _measure(self) -> None:
        """Find the length: Content-Length counts even if Transfer-Encoding says `chunked`, which has no meaning here."""
        lengths = self.head.all(b"content-length")
        self.head.length = parse_decimal(lengths[-1]) if lengths else None

    def body(self) -> BodyReader:
        """What is left of the standard output."""
        length = 0 if self.head.status in _WITHOUT_BODY else self.head.content_length
        optional = length != 0 and self._to_head
        self._body = FastcgiBody(self._log, self._records, length, self._keep, self._is_buffered(), optional)
        return self._body

    @property
    def keeps_open(self) -> bool:
        return self._body is not None and self._body.reusable


class FastcgiBody:
    """What follows the head, until standard output is closed, or, with fastcgi_keep_conn, until the request ends.

    length: its Content-Length.  optional: there may also be no body (HEAD).
    buffered: read ahead of the client. Only then closed standard output, or a connection to be kept that ends, means something.
    reusable: the connection may carry another request.
    """

    def __init__(
        self, log: Log, records: RecordReader, length: int | None, keep: bool, buffered: bool, optional: bool = False
    ) -> None:
        self.ended = self.reusable = False
        self.excess = b""
        self.cut = b""
        self._log = log
        self._records = records
        self._length = length
        # What is missing of it; of one that is optional, once it has begun.
        self._missing = None if optional else length
        self._keep = keep
        self._buffered = buffered
        self._pieces: list[bytes] = []
        self._begun = False

    def feed(self, data: bytes) -> bytes:
        """Take records."""
        self._begun = True
        position = 0
        try:
            while position < len(data) and not (self.excess or self.cut or self._is_over()):
                position = self._step(data, position)
        except InvalidRecord as invalid:
            raise InvalidBody(invalid.args[0]) from None
        if self.reusable and position < len(data):
            self.reusable = False
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)

    def _is_over(self) -> bool:
        """Whether nothing counts any more: the request has ended."""
        return self.ended and self._records.kind == END_REQUEST

    def _step(self, data: bytes, position: int) -> int:
        records = self._records
        if records.part is RecordPart.HEADER:
            position, begun = records.take_header(data, position)
            if begun:
                self._begin()
        elif records.part is RecordPart.CONTENT:
            content = records.take_content(data, position)
            position += len(content)
            if records.kind == STDERR:
                self._log("error", stderr_line(content))
            elif records.kind == STDOUT:
                self._take(content)
        else:
            position = records.take_padding(data, position)
        self._end_request()
        return position

    def _begin(self) -> None:
        """A record begins."""
        records = self._records
        closed = self._buffered and records.kind == STDOUT and not records.length
        if not records.length:
            records.take_content(b"", 0)
        if not closed and records.kind != END_REQUEST:
            return
        if self._missing:
            what = b"request" if records.kind == END_REQUEST else b"stdout"
            self.cut = b"upstream prematurely closed FastCGI " + what
            self.ended = closed and self._keep  # nginx then ends the answer as if it were whole
        elif not self._keep:
            self.ended = True

    def _end_request(self) -> None:
        """With fastcgi_keep_conn: the answer ends with the last byte of the record that ends the request."""
        records = self._records
        whole = records.part is not RecordPart.CONTENT and not records.padding
        if self._keep and records.kind == END_REQUEST and whole and not self.cut:
            self.ended = self.reusable = True

    def _take(self, content: bytes) -> None:
        """Take standard output, of which no more than Content-Length bytes count."""
        if self._missing is None:
            self._missing = self._length
        if self._missing is not None:
            if len(content) > self._missing:
                self.excess = b'upstream sent more data than specified in "Content-Length" header'
                self.ended = True
            content = content[: self._missing]
            self._missing -= len(content)
        self._pieces.append(content)

    @property
    def least(self) -> int | None:
        """With fastcgi_keep_conn what is missing of the present record: its end may be the end of all. At first a header."""
        records = self._records
        if not self._keep:
            return None
        if not self._begun:
            return HEADER
        return {RecordPart.HEADER: 1, RecordPart.CONTENT: records.length, RecordPart.PADDING: records.padding}[records.part]

    def at_end(self) -> bool:
        """Whether the server may close now. nginx takes any end for the end of the body, but with fastcgi_keep_conn."""
        return self.ended or not self._keep or not self._buffered


def stderr_line(content: bytes) -> bytes:
    """The line of the error log for what comes on standard error: without blanks, line ends and dots after it."""
    return b'FastCGI sent in stderr: "%b"' % (content[:1] + content[1:].rstrip(b"\r\n. "))
