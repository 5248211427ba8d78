"""What goes to the client of one connection: its windows and settings, and the control frames."""

from __future__ import annotations

from collections.abc import Callable

from h2.errors import ErrorCodes

from .frames import DEFAULT_FRAME_SIZE, DEFAULT_WINDOW, MOST_WINDOW, FrameKind, frame, number


class Sender:
    """Sends frames, and knows what the client allows.

    window: bytes of DATA that may be sent on the connection.  initial_window: of a new stream.  frame_size: of the largest frame.
    table_is_named: the client has sent its table's size, and no head has been sent since.
    """

    __slots__ = ("_write", "frame_size", "initial_window", "table_is_named", "window")

    def __init__(self, write: Callable[[bytes], None]) -> None:
        self._write = write
        self.window = self.initial_window = DEFAULT_WINDOW
        self.frame_size = DEFAULT_FRAME_SIZE
        self.table_is_named = False

    def use(self, write: Callable[[bytes], None]) -> None:
        """Write by this function from now on."""
        self._write = write

    def send(self, data: bytes) -> None:
        """Send whole frames."""
        self._write(data)

    def greet(self, streams: int, preread: int) -> None:
        """Send nginx's settings. streams: the most at the same time.  preread: the window of each before its body is wanted."""
        settings = b"\0\x03" + number(streams) + b"\0\x04" + number(preread) + b"\0\x05" + number(0xFFFFFF)
        self._write(frame(FrameKind.SETTINGS, 0, 0, settings) + self._window_update(0, MOST_WINDOW - DEFAULT_WINDOW))

    def widen(self, stream: int, count: int) -> None:
        """Let the client send so many bytes more."""
        self._write(self._window_update(stream, count))

    def reset(self, stream: int, error: ErrorCodes) -> None:
        """End a stream."""
        self._write(frame(FrameKind.RST_STREAM, 0, stream, number(error)))

    def go_away(self, last: int, error: ErrorCodes) -> None:
        """Say that no stream after `last` is served."""
        self._write(frame(FrameKind.GOAWAY, 0, 0, number(last) + number(error)))

    @staticmethod
    def _window_update(stream: int, count: int) -> bytes:
        return frame(FrameKind.WINDOW_UPDATE, 0, stream, number(count))
