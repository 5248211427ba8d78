"""What is sent to a server after the head, when it is not all here: in pieces, at the pace at which the server takes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from ..operations import BodyFile

_PIECE = 64 * 1024

Frame = Callable[[bytes, bool], bytes]
"""What is sent for a piece of the body, which may be empty, and whether it is the last one. It may keep nothing back."""


def unframed(data: bytes, last: bool) -> bytes:
    """The Frame of a body that is sent as it is."""
    return data


class Outflow(Protocol):
    """Gives the pieces of what is sent.

    is_sent: nothing follows.
    """

    @property
    def is_sent(self) -> bool: ...

    def next(self) -> bytes:
        """The next piece; empty if none is here yet."""


class FileOutflow:
    """A body that is in a temporary file, for one attempt. Raises OSError."""

    def __init__(self, file: BodyFile, frame: Frame) -> None:
        self._file = file
        self._frame = frame
        self._offset = 0

    @property
    def is_sent(self) -> bool:
        return self._offset >= self._file.size

    def next(self) -> bytes:
        piece = self._file.read(self._offset, _PIECE)
        self._offset += len(piece)
        return self._frame(piece, self.is_sent)
