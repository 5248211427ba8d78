"""The answer of one stream: HEADERS, DATA, and perhaps HEADERS again.

What the client does not take yet waits here: a window is closed, limit_rate allows no more, or the connection is behind. nginx
cuts DATA frames by http2_chunk_size and the windows, and counts the heads of frames as bytes of the answer's head.
"""

from __future__ import annotations

from collections.abc import Callable

from ...config.directives.http.v2 import V2Location
from ..connection.surroundings import Transport
from ..limit_rate import Rate
from ..request import Request
from .frames import END_STREAM, HEAD_SIZE, FrameKind, frame
from .sending import Sender


class StreamAnswer:
    """See above.

    window: bytes of DATA that the client lets this stream send.  waits: bytes of the body that were not sent yet.
    is_whole: nothing follows what is here.  sent: bytes of frames.
    send: has `send_on` called.  go_on: called when limit_rate allows more.
    """

    __slots__ = (
        "_call_later",
        "_go_on",
        "_number",
        "_queue",
        "_rate",
        "_request",
        "_send",
        "_sender",
        "_trailers",
        "_wakes",
        "is_whole",
        "sent",
        "window",
    )

    def __init__(
        self,
        request: Request,
        number: int,
        sender: Sender,
        call_later: Callable[[float, Callable[[], None]], object],
        send: Callable[[], None],
        go_on: Callable[[], None],
    ) -> None:
        self._request = request
        self._number = number
        self._sender = sender
        self._call_later = call_later
        self._send = send
        self._go_on = go_on
        self.window = sender.initial_window
        self.is_whole = self._wakes = False
        self.sent = 0
        self._queue = bytearray()
        self._trailers = b""
        self._rate: Rate | None = None

    @property
    def waits(self) -> int:
        return len(self._queue)

    @property
    def is_paced(self) -> bool:
        """Whether limit_rate holds bytes back, or may do so."""
        return self._rate is not None and bool(self._queue)

    def pace(self, rate: Rate | None) -> None:
        """Send no faster than this from now on."""
        self._rate = rate

    def stop(self) -> None:
        """Send nothing more."""
        self.is_whole = True
        self._sender.waiting -= len(self._queue)
        self._queue.clear()
        self._trailers = b""

    # framing.AnswerStream

    def send_head(self, block: bytes, ended: bool) -> None:
        """See `framing.AnswerStream`."""
        if self._request.gone or self.is_whole:
            return
        self.is_whole = ended
        self._send_head(block, ended)

    def _send_head(self, block: bytes, ended: bool) -> None:
        size = self._sender.head(self._number, block, ended)
        self._request.response.header_size += size
        self._count(size)

    def send_body(self, data: bytes, ended: bool) -> None:
        """See `framing.AnswerStream`."""
        if self._request.gone or self.is_whole or not self._sender.keep(len(data)):
            return
        self.is_whole = ended
        self._queue += data
        if ended and not self._queue:
            self._send_data(b"", END_STREAM)
        else:
            self._send()

    def send_trailers(self, block: bytes) -> None:
        """See `framing.AnswerStream`. They wait for the body before them."""
        if self._queue:
            self._trailers = block
        else:
            self.send_head(block, ended=True)

    def send_on(self, transport: Transport) -> bool:
        """Send what the windows, limit_rate and the client allow. Returns whether something of the body was sent.

        transport: of the connection.
        """
        most = min(self._request.location.of(V2Location).chunk_size, self._sender.frame_size)
        allowed = 0 if transport.is_behind else self._allowed(min(len(self._queue), self.window, self._sender.window))
        has_sent = False
        while allowed > 0 and not transport.is_behind:
            count = min(allowed, most)
            allowed -= count
            data = bytes(self._queue[:count])
            del self._queue[:count]
            self._send_data(data, END_STREAM if self.is_whole and not self._queue else 0)
            has_sent = True
        if allowed > 0 and self._rate is not None:
            self._rate.count(-allowed)
        if not self._queue and self._trailers:
            self.is_whole = True
            self._send_head(self._trailers, ended=True)
            self._trailers = b""
        return has_sent

    def _allowed(self, count: int) -> int:
        """How much limit_rate allows now, of so many bytes."""
        if self._rate is None or count <= 0:
            return count
        if self._wakes:
            return 0
        count, seconds = self._rate.take(count, self._request.now)
        if seconds:
            self._wakes = True
            self._call_later(seconds, self._wake)
        return count

    def _wake(self) -> None:
        self._wakes = False
        self._go_on()

    def _send_data(self, data: bytes, flags: int) -> None:
        self._sender.body(frame(FrameKind.DATA, flags, self._number, data), len(data))
        self.window -= len(data)
        self._request.response.header_size += HEAD_SIZE
        self._count(HEAD_SIZE + len(data), paced=len(data))

    def _count(self, size: int, paced: int = 0) -> None:
        """Count bytes that were sent. paced: how many of them limit_rate has allowed."""
        self.sent += size
        if self._rate is not None:
            self._rate.count(size - paced)
        self._request.response.bytes_sent = self.sent
