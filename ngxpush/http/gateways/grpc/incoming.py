"""What a gRPC server sends on one stream, frame by frame: the head, the body, the trailers, and what is about the connection.

nginx judges a frame as soon as its first nine bytes are here. What it refuses, in which words, was measured with nginx 1.22.1.
"""

from __future__ import annotations

from collections.abc import Callable

from . import frames
from .frames import FrameHead, frame, number
from .header_block import HeaderBlock, InvalidBlock, Line
from .session import Stream

# Window updates are sent when the server has used three quarters.
_LOW_WINDOW = frames.MAX_WINDOW // 4
# Acknowledgements that may wait for a server that does not read.
_MOST_UNREAD = 1000
_INITIAL_WINDOW_SIZE = 4


class InvalidFrame(ValueError):
    """A frame that ends the stream. The message is nginx's."""


class Incoming:
    """The frames of one answer.

    line: called with each line of the head or of the trailers, as it comes; it may raise InvalidFrame.
    head_whole: the head is there; `feed` stops after it.  ended: the server has ended the stream.
    replies: what is to be said in return.  missing: bytes of the body that content-length announces; None if it does not.
    """

    def __init__(self, stream: Stream, line: Callable[[Line], None]) -> None:
        self.head_whole = False
        self.ended = False
        self.missing: int | None = None
        self.replies: list[bytes] = []
        self._stream = stream
        self._line = line
        self._data = b""
        self._frame: FrameHead | None = None
        # Bytes of the content of the present frame that have not come; None before the content.
        self._content: int | None = None
        self._padding = 0
        self._block: HeaderBlock | None = None
        self._body: list[bytes] = []
        self._block_ends = False
        self._going = False
        self._reset = False

    @property
    def is_between(self) -> bool:
        """Whether nothing has begun that is not whole, but perhaps the first bytes of a frame."""
        return self._frame is None and self._block is None

    @property
    def is_reusable(self) -> bool:
        """Whether the connection may carry another stream after this one."""
        return self.ended and not self._going and self.is_between and not self._data and self._stream.request_ended

    def feed(self, data: bytes) -> bytes:
        """Take bytes. Returns those of the body. Raises InvalidFrame and InvalidBlock."""
        was_whole = self.head_whole
        self._data += data
        while self.head_whole == was_whole and self._step():
            pass
        body, self._body = b"".join(self._body), []
        return body

    def rest(self) -> bytes:
        """Remove and return what is not taken."""
        rest, self._data = self._data, b""
        return rest

    def _step(self) -> bool:
        """Do the next thing. Returns whether there were bytes enough."""
        now = self._frame
        if now is None:
            if len(self._data) < frames.HEAD_SIZE:
                return False
            self._begin(FrameHead.parse(self._take(frames.HEAD_SIZE)))
            return True
        if now.type == frames.DATA:
            return self._take_data(now)
        if now.type in (frames.HEADERS, frames.CONTINUATION):
            return self._take_lines(now)
        if len(self._data) < now.length:
            return False
        self._frame = None
        self._take_control(now, self._take(now.length))
        return True

    def _take(self, count: int) -> bytes:
        taken, self._data = self._data[:count], self._data[count:]
        return taken

    def _begin(self, begun: FrameHead) -> None:
        if begun.length > frames.MOST:
            raise InvalidFrame(b"upstream sent too large http2 frame: %d" % begun.length)
        continued = begun.type == frames.CONTINUATION
        if continued != (self._block is not None) or (begun.type == frames.DATA and not self.head_whole):
            raise InvalidFrame(b"upstream sent unexpected http2 frame: %d" % begun.type)
        if begun.type == frames.DATA and begun.stream != self._stream.number:
            raise InvalidFrame(b"upstream sent data frame for unknown stream %d" % begun.stream)
        if begun.stream not in (0, self._stream.number):
            raise InvalidFrame(b"upstream sent frame for unknown stream %d" % begun.stream)
        if self.ended and begun.stream and begun.type not in (frames.RST_STREAM, frames.WINDOW_UPDATE):
            raise self._closed()
        _check(begun)
        self._frame = begun
        if begun.type == frames.HEADERS:
            self._begin_block(begun)
        elif begun.type == frames.DATA:
            self._count_received(begun.length)

    def _closed(self) -> InvalidFrame:
        return InvalidFrame(b"upstream sent frame for closed stream %d" % self._stream.number)

    # DATA

    def _count_received(self, count: int) -> None:
        stream, session = self._stream, self._stream.session
        stream.receive_window -= count
        session.receive_window -= count
        if min(stream.receive_window, session.receive_window) < _LOW_WINDOW:
            for where, left in ((stream.number, stream.receive_window), (0, session.receive_window)):
                self._reply(frames.WINDOW_UPDATE, 0, where, (frames.MAX_WINDOW - left).to_bytes(4, "big"))
            stream.receive_window = session.receive_window = frames.MAX_WINDOW

    def _take_data(self, now: FrameHead) -> bool:
        piece = self._take_content(now)
        if piece:
            self._body.append(piece)
            self._count_body(len(piece))
        if not self._is_whole():
            return False
        self.ended = bool(now.flags & frames.END_STREAM)
        return True

    def _count_body(self, count: int) -> None:
        if self.missing is not None:
            self.missing -= count
            if self.missing < 0:
                raise InvalidFrame(b"upstream sent response body larger than indicated content length")

    # HEADERS and CONTINUATION

    def _begin_block(self, begun: FrameHead) -> None:
        self._block_ends = bool(begun.flags & frames.END_STREAM)
        if self.head_whole and not self._block_ends:
            raise InvalidFrame(b"upstream sent trailer without end stream flag")
        self._block = HeaderBlock()

    def _take_lines(self, now: FrameHead) -> bool:
        block = self._block
        assert block is not None
        for line in block.lines(self._take_content(now)):
            self._line(line)
        if not self._is_whole():
            return False
        if now.flags & frames.END_HEADERS:
            block.end()
            self._block = None
            self.head_whole = True
            self.ended = self._block_ends
        return True

    # The content of these frames, which need not come whole

    def _take_content(self, now: FrameHead) -> bytes:
        """What is here of it, after what stands before it: the length of the padding, and a priority."""
        if self._content is None and not self._skip_before(now):
            return b""
        assert self._content is not None
        piece = self._take(min(len(self._data), self._content))
        self._content -= len(piece)
        return piece

    def _skip_before(self, now: FrameHead) -> bool:
        """Returns False if it is not here."""
        padded = bool(now.flags & frames.PADDED) and now.type != frames.CONTINUATION
        size = padded + (5 if now.flags & frames.WITH_PRIORITY and now.type == frames.HEADERS else 0)
        error = InvalidFrame if now.type == frames.DATA else InvalidBlock
        if now.length < size and now.type == frames.DATA:
            raise error(b"upstream sent too short http2 frame")
        if now.length < size:
            raise error(b"upstream sent headers frame with invalid length: %d" % now.length)
        if len(self._data) < size:
            return False
        skipped, left = self._take(size), now.length - size
        self._padding = skipped[0] if padded else 0
        if self._padding > left:
            raise error(b"upstream sent http2 frame with too long padding: %d in frame %d" % (self._padding, left))
        self._content = left - self._padding
        return True

    def _is_whole(self) -> bool:
        """Skip the padding once the content has come. Returns whether the frame is whole."""
        if self._content != 0:
            return False
        self._padding -= len(self._take(self._padding))
        if not self._padding:
            self._frame = self._content = None
        return not self._padding

    # What is about the stream or the connection

    def _take_control(self, now: FrameHead, payload: bytes) -> None:
        if now.type == frames.RST_STREAM:
            self._take_reset(number32(payload))
        elif now.type == frames.GOAWAY:
            if number(payload) < self._stream.number:
                raise InvalidFrame(b"upstream sent goaway with error %d" % number32(payload[4:]))
            self._going = True
        elif now.type == frames.WINDOW_UPDATE:
            self._widen(now.stream, number(payload))
        elif now.type == frames.SETTINGS and not now.flags & frames.ACK:
            self._take_settings(payload)
        elif now.type == frames.PING:
            self._acknowledge(frames.PING, b"ping", payload)

    def _take_reset(self, error: int) -> None:
        """After the end of the answer the server may say that it does not want the rest of the request, once."""
        if error or not self.ended:
            raise InvalidFrame(b"upstream rejected request with error %d" % error)
        if self._reset:
            raise self._closed()
        self._reset = True

    def _widen(self, where: int, size: int) -> None:
        target = self._stream if where else self._stream.session
        if size > frames.MAX_WINDOW - target.send_window:
            raise InvalidFrame(b"upstream sent too large window update")
        target.send_window += size

    def _take_settings(self, payload: bytes) -> None:
        stream = self._stream
        for start in range(0, len(payload), 6):
            if int.from_bytes(payload[start : start + 2], "big") != _INITIAL_WINDOW_SIZE:
                continue
            size = number32(payload[start + 2 : start + 6])
            change = size - stream.session.initial_window
            if size > frames.MAX_WINDOW or stream.send_window + change > frames.MAX_WINDOW:
                raise InvalidFrame(b"upstream sent settings frame with too large initial window size: %d" % size)
            stream.session.initial_window = size
            stream.send_window += change
        self._acknowledge(frames.SETTINGS, b"settings", b"")

    def _acknowledge(self, kind: int, name: bytes, payload: bytes) -> None:
        if self._stream.connection.is_full and len(self.replies) > _MOST_UNREAD:
            raise InvalidFrame(b"upstream sent too many %b frames" % name)
        self._reply(kind, frames.ACK, 0, payload)

    def _reply(self, kind: int, flags: int, stream: int, payload: bytes) -> None:
        self.replies.append(frame(kind, flags, stream, payload))


def number32(payload: bytes) -> int:
    """The first four bytes."""
    return int.from_bytes(payload[:4], "big")


def _check(begun: FrameHead) -> None:
    """What a frame says wrong in its first bytes. Raises InvalidFrame."""
    length, kind = begun.length, begun.type
    if kind == frames.PUSH_PROMISE:
        raise InvalidFrame(b"upstream sent unexpected push promise frame")
    if kind == frames.RST_STREAM and length != 4:
        raise InvalidFrame(b"upstream sent rst stream frame with invalid length: %d" % length)
    if kind == frames.WINDOW_UPDATE and length != 4:
        raise InvalidFrame(b"upstream sent window update frame with invalid length: %d" % length)
    if kind in _ABOUT_CONNECTION and begun.stream:
        raise InvalidFrame(b"upstream sent %b frame with non-zero stream id: %d" % (_ABOUT_CONNECTION[kind], begun.stream))
    if kind == frames.SETTINGS and begun.flags & frames.ACK and length:
        raise InvalidFrame(b"upstream sent settings frame with ack flag and non-zero length: %d" % length)
    if (
        (kind == frames.GOAWAY and length < 8)
        or (kind == frames.SETTINGS and length % 6)
        or (kind == frames.PING and length != 8)
    ):
        raise InvalidFrame(b"upstream sent %b frame with invalid length: %d" % (_ABOUT_CONNECTION[kind], length))
    if kind == frames.PING and begun.flags & frames.ACK:
        raise InvalidFrame(b"upstream sent ping frame with ack flag")


_ABOUT_CONNECTION = {frames.GOAWAY: b"goaway", frames.SETTINGS: b"settings", frames.PING: b"ping"}
