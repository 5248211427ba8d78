"""The body of a server's answer: where it ends, and which parts of it are passed on at which time.

nginx reads into buffers. With proxy_buffering a buffer is passed on when it is full, when the body is whole, or when its content
may be the end of the body, which is always possible with chunks. Without it, everything is passed on as it comes.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Protocol

from ..chunks import Chunks, InvalidChunks


class InvalidBody(ValueError):
    """A body breaks the format. The message is nginx's."""


class BodyReader(Protocol):
    """Finds the end of one body.

    ended: the body is whole.  excess: nginx's words for it if the server has sent more than the body; empty if it has not.
    cut: nginx's words for a body that the server has ended too early; empty if it has not. Nothing more is read then.
    """

    @property
    def cut(self) -> bytes: ...

    @property
    def excess(self) -> bytes: ...

    @property
    def ended(self) -> bool: ...

    def feed(self, data: bytes) -> bytes:
        """Take bytes as they came. Returns those of the body. Raises InvalidBody."""

    @property
    def least(self) -> int | None:
        """The fewest bytes with which the body may be whole; None if only the end of the connection shows that."""

    def at_end(self) -> bool:
        """Whether the body is complete if the server closes now."""


class UntilClose:
    """A body that ends with the connection."""

    ended = False
    excess = cut = b""
    least = None

    def feed(self, data: bytes) -> bytes:
        return data

    def at_end(self) -> bool:
        return True


class ByLength:
    """A body of Content-Length bytes."""

    cut = b""

    def __init__(self, length: int) -> None:
        self.missing = length
        self.ended = length == 0
        self.excess = b""

    def feed(self, data: bytes) -> bytes:
        taken = data[: self.missing]
        self.missing -= len(taken)
        self.ended = self.missing == 0
        if len(data) > len(taken):
            self.excess = b'upstream sent more data than specified in "Content-Length" header'
        return taken

    @property
    def least(self) -> int:
        return self.missing

    def at_end(self) -> bool:
        return self.ended


class ByChunks:
    """A body in chunks; trailers are dropped."""

    cut = b""

    def __init__(self) -> None:
        self.excess = b""
        self._chunks = Chunks()

    @property
    def ended(self) -> bool:
        return self._chunks.ended

    def feed(self, data: bytes) -> bytes:
        try:
            body, rest = self._chunks.feed(data)
        except InvalidChunks:
            raise InvalidBody(b"upstream sent invalid chunked response") from None
        if rest:
            self.excess = b"upstream sent data after final chunk"
        return body

    @property
    def least(self) -> int:
        return self._chunks.least

    def at_end(self) -> bool:
        return self._chunks.ended


class BodyBuffers:
    """What proxy_buffering holds back, and in which pieces the rest is passed on.

    nginx fills its buffers as far as there is something to read, passes on what is in them, and begins again. It passes on all at
    once if the body ends there; else as many buffers at a time as fit into PREFIX_busy_buffers_size, with their full sizes. What
    was passed on last is filled first. Measured with nginx 1.22.1.

    first: the free bytes of the buffer that the head was read into.  sizes: the bytes of that buffer and of all others.
    busy: PREFIX_busy_buffers_size.  to_file: the body goes to a file, too: no buffer is in use for longer than a moment.
    unread: what has come and did not fit into the buffers, or came after a body that ends in the buffer of the head, or after a
    buffer that breaks the format.
    """

    def __init__(self, reader: BodyReader, first: int, sizes: Sequence[int], busy: int, to_file: bool = False) -> None:
        self._reader = reader
        self._room = first
        self._free = list(sizes)
        self._busy = busy
        self._to_file = to_file
        # Nothing but the buffer of the head has been read.
        self._is_first = True
        self.unread = b""
        # What is in the buffer that is not full, as it came.
        self._held = b""

    def feed(self, data: bytes) -> list[bytes]:
        """Fill the buffers once. Returns the bytes of the body that are to be passed on now, in pieces. Raises InvalidBody."""
        reader, free = self._reader, self._free
        held = self._held + data
        used: list[int] = []
        pieces: list[bytes] = []
        position = 0
        while free and len(held) - position >= self._room:
            piece = held[position : position + self._room]
            position += self._room
            try:
                pieces.append(reader.feed(piece))
            except InvalidBody:
                self.unread = held[position:]
                raise
            self._use(used)
            if self._is_first and reader.ended:
                self.unread = held[position:]
                return pieces
            self._is_first = False
        self._held, self.unread = (held[position:], b"") if free else (b"", held[position:])
        least = 0 if reader.ended else reader.least
        if self._held and least is not None and len(self._held) >= least:
            pieces.append(reader.feed(self._held))
            self._held = b""
            self._use(used)
        counts = self._counts(used)
        self._free_again(used, counts)
        if reader.ended or self._to_file:
            return [b"".join(pieces)]
        rest = iter(pieces)
        return [b"".join(itertools.islice(rest, count)) for count in counts] or [b""]

    def _use(self, used: list[int]) -> None:
        """The first free buffer is in use."""
        free = self._free
        used.append(free.pop(0))
        if self._to_file and not free:
            free += used
            used.clear()
        self._room = free[0] if free else 0

    def _counts(self, used: list[int]) -> list[int]:
        """How many of these buffers are passed on together each time."""
        counts: list[int] = []
        total = 0
        for size in used:
            if not counts or total + size > self._busy:
                counts.append(0)
                total = 0
            counts[-1] += 1
            total += size
        return counts

    def _free_again(self, used: list[int], counts: list[int]) -> None:
        """All are free again: those that were passed on last stand first, but after the one that is filled in part."""
        place = 1 if self._held else 0
        for count in counts:
            self._free[place:place] = used[:count]
            used = used[count:]
        if not self._held:
            self._room = self._free[0]

    def take(self) -> bytes:
        """Returns the body's bytes of all that is held back. Raises InvalidBody."""
        held, self._held = self._held, b""
        self._room = self._free[0]
        return self._reader.feed(held)
