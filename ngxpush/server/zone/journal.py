"""The journal of a zone: how its channels outlive the worker that holds them.

With one worker the zone is an object in that worker.  The master makes the journal's two files before it forks, so they are there
when the worker is not: its successor (after a crash, at a reload) reads the last snapshot and the operations done since.

Each file holds an 8-byte generation, then records: a 4-byte length and that many bytes.  The first record is a snapshot (empty:
of an empty zone), the others are operations.  The file with the higher generation counts.  To compact, the other file is written
whole with generation 0 and gets its number last; a writer killed in between leaves the old file in force.  A record cut off by
a kill is as if it had not been written: it was not answered either.
"""

from __future__ import annotations

import os
import struct
import tempfile
from collections.abc import Iterator

_GENERATION = struct.Struct("!Q")
_LENGTH = struct.Struct("!I")

# A journal shorter than this is not worth compacting.
_LEAST = 4 << 20


def _unlinked_file() -> int:
    """A descriptor of a file without a name: in memory where the system can do that."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create("ngxpush-journal")
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())


class Journal:
    """One writer at a time; a new writer calls `read` first."""

    def __init__(self) -> None:
        self._files = (_unlinked_file(), _unlinked_file())
        self._current = 0
        self._generation = 1
        self._compact_at = _LEAST
        self._begin(b"")

    def append(self, record: bytes) -> None:
        """Add an operation. It is safe from the death of this process when this returns."""
        piece = _LENGTH.pack(len(record)) + record
        os.pwrite(self._files[self._current], piece, self._end)
        self._end += len(piece)

    @property
    def is_long(self) -> bool:
        """Whether the operations since the last snapshot outweigh it by so much that `compact` pays."""
        return self._end > self._compact_at

    def compact(self, snapshot: bytes) -> None:
        """Replace everything by `snapshot`."""
        self._current = 1 - self._current
        self._generation += 1
        self._begin(snapshot)
        os.ftruncate(self._files[1 - self._current], 0)

    def read(self) -> tuple[bytes, Iterator[bytes]]:
        """The last snapshot (empty: none) and the operations since, oldest first. From then on this object is the writer."""
        generations = [_GENERATION.unpack(os.pread(file, 8, 0).ljust(8, b"\0"))[0] for file in self._files]
        self._generation = max(generations)
        self._current = generations.index(self._generation)
        file = self._files[self._current]
        content = os.pread(file, os.fstat(file).st_size, 0)
        records = []
        position = _GENERATION.size
        while (body := position + _LENGTH.size) <= len(content):
            end = body + _LENGTH.unpack_from(content, position)[0]
            if end > len(content):
                break
            records.append(content[body:end])
            position = end
        os.ftruncate(file, position)
        self._end = position
        self._compact_at = max(_LEAST, 3 * len(records[0]))
        return records[0], iter(records[1:])

    def close(self) -> None:
        for file in self._files:
            os.close(file)

    def _begin(self, snapshot: bytes) -> None:
        """Write the current file from its beginning: the snapshot first, the generation that makes it count last."""
        file = self._files[self._current]
        os.ftruncate(file, 0)
        content = _GENERATION.pack(0) + _LENGTH.pack(len(snapshot)) + snapshot
        with os.fdopen(os.dup(file), "wb") as whole:
            whole.seek(0)
            whole.write(content)
        self._end = len(content)
        self._compact_at = max(_LEAST, 3 * len(snapshot))
        os.pwrite(file, _GENERATION.pack(self._generation), 0)
