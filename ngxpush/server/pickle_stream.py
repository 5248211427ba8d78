"""What processes of one server say to each other over a socket: pickled objects, each behind its length.

Both ends are forked from one master, so they are the same code and trust each other.
"""

from __future__ import annotations

import pickle
import struct
from collections.abc import Iterator
from typing import Any

_LENGTH = struct.Struct("!I")


def pack(content: Any) -> bytes:
    """The bytes that stand for `content`."""
    pickled = pickle.dumps(content, pickle.HIGHEST_PROTOCOL)
    return _LENGTH.pack(len(pickled)) + pickled


class Unpacker:
    """Takes a stream of bytes apart again."""

    __slots__ = ("_buffer",)

    def __init__(self) -> None:
        self._buffer = bytearray()

    @property
    def unread(self) -> bytes:
        """The beginning of an object that is not whole yet."""
        return bytes(self._buffer)

    def feed(self, data: bytes) -> Iterator[Any]:
        """The objects that are whole now, in order."""
        self._buffer += data
        position = 0
        try:
            while (body := position + _LENGTH.size) <= len(self._buffer):
                end = body + _LENGTH.unpack_from(self._buffer, position)[0]
                if end > len(self._buffer):
                    break
                content = pickle.loads(memoryview(self._buffer)[body:end])
                position = end
                yield content
        finally:
            del self._buffer[:position]
