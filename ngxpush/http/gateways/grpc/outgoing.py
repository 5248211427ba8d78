"""A request on its way to a gRPC server: its head, then the body as far as the server's windows allow."""

from __future__ import annotations

from ...upstream.outflow import Outflow
from .frames import DATA, END_STREAM, MOST, PREFACE, frame, header_frames
from .session import Stream


class MemoryOutflow:
    """A body that is here, for one attempt (`upstream.outflow.Outflow`)."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.is_sent = False

    def next(self) -> bytes:
        self.is_sent = True
        return self._data


class Outgoing:
    """The frames of one request (`upstream.outflow.Outflow`).

    block: its header block.  body: None if it has none.
    """

    def __init__(self, stream: Stream, block: bytes, body: Outflow | None) -> None:
        self._stream = stream
        self._block = block
        self._body = body
        # What is taken of the body and not sent.
        self._piece = b""

    @property
    def is_sent(self) -> bool:
        return self._stream.request_ended

    @property
    def is_blocked(self) -> bool:
        """Whether the server has to widen a window."""
        return not self.is_sent and not self._block and self._stream.room <= 0

    def next(self) -> bytes:
        """The next frames; empty if the client or the server has to do something first."""
        return self._head() if self._block else self._data()

    def _head(self) -> bytes:
        block, self._block = self._block, b""
        stream = self._stream
        stream.request_ended = self._body is None
        return (PREFACE if stream.is_first else b"") + header_frames(stream.number, block, stream.request_ended)

    def _data(self) -> bytes:
        body, stream = self._body, self._stream
        assert body is not None
        if not self._piece and stream.room > 0 and not body.is_sent:
            self._piece = body.next()
        pieces: list[bytes] = []
        while self._piece and stream.room > 0:
            size = min(len(self._piece), stream.room, MOST)
            pieces.append(self._frame(self._piece[:size], body.is_sent and size == len(self._piece)))
            self._piece = self._piece[size:]
        if not self._piece and body.is_sent and not stream.request_ended:
            pieces.append(self._frame(b"", True))
        return b"".join(pieces)

    def _frame(self, data: bytes, last: bool) -> bytes:
        self._stream.send(len(data))
        self._stream.request_ended = last
        return frame(DATA, END_STREAM if last else 0, self._stream.number, data)
