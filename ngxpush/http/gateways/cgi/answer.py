"""An answer of a uWSGI or SCGI server: a head of HTTP or of CGI, then the body until it has its length or the connection ends."""

from __future__ import annotations

from ....numbers import parse_decimal
from ...request import Request
from ...upstream.body import BodyReader, ByLength, UntilClose
from ...upstream.response import Head, HeadParser, StatusLine
from .status import complete

_SWITCHING_PROTOCOLS = 101
_WITHOUT_BODY = frozenset((204, 304))


class CgiAnswer:
    """One answer (`upstream.codec.ServerAnswer`)."""

    keeps_open = False

    def __init__(self, request: Request, buffer_size: int) -> None:
        self._request = request
        self._parser = HeadParser(buffer_size, StatusLine.POSSIBLE)
        self.head = self._parser.head

    @property
    def rest(self) -> bytes:
        return self._parser.rest

    @property
    def unread(self) -> bytes:
        return self._parser.unread

    def feed(self, data: bytes) -> Head | None:
        """Take bytes of the head. One without a status line, or with the status 0, gets its status at its end."""
        head = self._parser.feed(data)
        if head is None:
            return None
        if not head.status_line or not head.status:
            complete(head)
        lengths = head.all(b"content-length")
        if lengths:
            head.length = parse_decimal(lengths[-1])
        return head

    def body(self) -> BodyReader:
        """By the length, also of an answer in chunks, or until the connection ends. Chunks are not decoded.

        To a HEAD there may be a body or not: what comes counts, where it is kept.
        """
        head = self.head
        if head.status in _WITHOUT_BODY:
            return ByLength(0)
        return UntilClose() if head.content_length is None or self._request.method == b"HEAD" else ByLength(head.content_length)

    @property
    def upgraded(self) -> bool:
        return self.head.status == _SWITCHING_PROTOCOLS and b"upgrade" in self._request.input.headers
