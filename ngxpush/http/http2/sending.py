"""What goes to the client of one connection: its windows and settings, and the control frames."""

from __future__ import annotations

from collections.abc import Callable

from h2.errors import ErrorCodes

from ..connection.surroundings import MOST_WAITING
from .answer_head import TABLE_SIZE_0
from .frames import DEFAULT_FRAME_SIZE, DEFAULT_WINDOW, MOST_WINDOW, BrokenFrame, FrameKind, frame, head_frames, number

# Bytes besides the payload that a connection may carry in any case.
_ALLOWED = 1048576


class Sender:
    """Sends frames, and knows what the client allows.

    window: bytes of DATA that may be sent on the connection.  initial_window: of a new stream.  frame_size: of the largest frame.
    table_is_named: the client has sent its table's size, and no head has been sent since.
    payload: bytes of header fields and bodies so far, of both sides.  waiting: bytes of bodies that were not sent yet.
    overflown: called instead of keeping more of them, when MOST_WAITING wait already.
    """

    __slots__ = (
        "_held",
        "_overflown",
        "_total",
        "_write",
        "frame_size",
        "initial_window",
        "payload",
        "table_is_named",
        "waiting",
        "window",
    )

    def __init__(self, write: Callable[[bytes], None], overflown: Callable[[], None]) -> None:
        self._write = write
        self._overflown = overflown
        self.window = self.initial_window = DEFAULT_WINDOW
        self.frame_size = DEFAULT_FRAME_SIZE
        self.table_is_named = False
        self._total = self.payload = self.waiting = 0
        self._held: list[bytes] | None = None

    def use(self, write: Callable[[bytes], None]) -> None:
        """Write by this function from now on."""
        self._write = write

    def hold(self) -> None:
        """Hold control frames back while frames of the client are read."""
        if self._held is None:
            self._held = []

    @property
    def holds(self) -> bool:
        """Whether frames of the client are read."""
        return self._held is not None

    def release(self) -> None:
        """Send what was held back."""
        held, self._held = self._held, None
        if held:
            self._write(b"".join(held))

    def drop(self) -> None:
        """What was held back is not sent any more."""
        self._held = None

    def send(self, data: bytes) -> None:
        """Send whole frames of an answer, or the last ones, and what was held back before them."""
        self._total += len(data)
        if self._held:
            data = b"".join([*self._held, data])
            self._held = []
        self._write(data)

    def head(self, number: int, block: bytes, ended: bool) -> int:
        """Send a compressed head. Returns the bytes of its frames."""
        if self.table_is_named:
            self.table_is_named = False
            block = TABLE_SIZE_0 + block
        self.payload += len(block)
        frames = head_frames(number, block, ended, self.frame_size)
        self.send(frames)
        return len(frames)

    def keep(self, size: int) -> bool:
        """So many bytes of a body come, to be sent by `body`. Returns whether they may be kept."""
        if self.waiting > MOST_WAITING:
            self._overflown()
            return False
        self.waiting += size
        return True

    def body(self, whole: bytes, size: int) -> None:
        """Send a frame of DATA with so many bytes of a body."""
        self.window -= size
        self.waiting -= size
        self.payload += size
        self.send(whole)

    def control(self, data: bytes) -> None:
        """Send whole control frames."""
        if self._held is None:
            self.send(data)
        else:
            self._total += len(data)
            self._held.append(data)

    def look_for_flood(self, received: int) -> None:
        """Raises BrokenFrame for a connection that carries next to nothing but frames that ask for no request."""
        self._total += received
        if self._total // 8 > self.payload + _ALLOWED:
            raise BrokenFrame(ErrorCodes.NO_ERROR, "http2 flood detected")

    def greet(self, streams: int, preread: int) -> None:
        """Send nginx's settings. streams: the most at the same time.  preread: the window of each before its body is wanted."""
        settings = b"\0\x03" + number(streams) + b"\0\x04" + number(preread) + b"\0\x05" + number(0xFFFFFF)
        self.send(frame(FrameKind.SETTINGS, 0, 0, settings) + self._window_update(0, MOST_WINDOW - DEFAULT_WINDOW))

    def widen(self, stream: int, count: int) -> None:
        """Let the client send so many bytes more."""
        self.control(self._window_update(stream, count))

    def reset(self, stream: int, error: ErrorCodes) -> None:
        """End a stream."""
        self.control(frame(FrameKind.RST_STREAM, 0, stream, number(error)))

    def go_away(self, last: int, error: ErrorCodes) -> None:
        """Say that no stream after `last` is served."""
        self.control(frame(FrameKind.GOAWAY, 0, 0, number(last) + number(error)))

    @staticmethod
    def _window_update(stream: int, count: int) -> bytes:
        return frame(FrameKind.WINDOW_UPDATE, 0, stream, number(count))
