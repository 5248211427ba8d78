"""The journal of a zone: how its channels outlive the worker that holds them.

With one worker the zone is an object in that worker.  The master makes the journal's two files before it forks, so they are there
when the worker is not: its successor (after a crash, at a reload) reads what is written there.

Each file holds an 8-byte generation, then records: a 4-byte length, a 4-byte checksum, and that many bytes, at least one.  The
file with the higher generation counts.  A record whose checksum is another one is not written whole, and neither is what comes
after it: a kill has cut it off, so it was not answered either, or another process is about to write it.

Records are written to a mapping of the file. That costs no system call, and what is there outlives the process as if it had
been written by one.  Where the mapping goes on after the last record, the file has no pages yet.

A journal that has become long is compacted, in steps, while records are still added to it: the other file gets fewer records that
say the same as those so far, then those that were added meanwhile, and its generation last.  A writer killed in between
leaves the old file in force.  So the two files together hold at most three times what the shortest journal would.
"""

from __future__ import annotations

import mmap
import os
import struct
from collections.abc import Iterable
from zlib import crc32

from ..system.unlinked_file import unlinked_file

_GENERATION = struct.Struct("!Q")
_HEAD = struct.Struct("!II")

# Bytes. A journal shorter than this is not worth compacting.
_LEAST = 4 << 20
# Bytes that are read, copied or dropped in one step.
_STEP = 1 << 17
_LARGE_STEP = 1 << 22
# Bytes of a file that are mapped at once, or as many as the next record needs.
_MAPPED = 1 << 18


def _generation(file: int) -> int:
    return int(_GENERATION.unpack(os.pread(file, 8, 0).ljust(8, b"\0"))[0])


def _set_generation(file: int, generation: int) -> None:
    os.pwrite(file, _GENERATION.pack(generation), 0)


def _shorten(file: int) -> bool:
    """Drop some of the records, the last ones first. Returns whether there is more."""
    size = os.fstat(file).st_size
    os.ftruncate(file, max(_GENERATION.size, size - _LARGE_STEP))
    return size - _LARGE_STEP > _GENERATION.size


def _pieces(records: Iterable[bytes]) -> bytes:
    return b"".join([piece for record in records for piece in (_HEAD.pack(len(record), crc32(record)), record)])


class Journal:
    """One writer at a time; a new writer calls `write_after` first.

    _mapping: where the next records go, or None; _mapped_at: its place in the current file.
    """

    def __init__(self) -> None:
        self._mapping: mmap.mmap | None = None
        self._mapped_at = 0
        self._files = (unlinked_file(), unlinked_file())
        self._current = 0
        self._generation = 1
        self._end = _GENERATION.size
        self._compact_at = _LEAST
        _set_generation(self._files[0], 1)

    def append(self, record: bytes) -> None:
        """Add a record. It is safe from the death of this process when this returns."""
        piece = _HEAD.pack(len(record), crc32(record)) + record
        begin = self._end - self._mapped_at
        end = begin + len(piece)
        if self._mapping is None or end > len(self._mapping):
            self._map(len(piece))
            self.append(record)
            return
        self._mapping[begin:end] = piece
        self._end += len(piece)

    def _map(self, size: int) -> None:
        """Map the end of the current file, with room for so many bytes."""
        begin = self._end % mmap.ALLOCATIONGRANULARITY
        self._mapped_at = self._end - begin
        size = max(begin + size, _MAPPED)
        file = self._files[self._current]
        os.ftruncate(file, self._mapped_at + size)
        self._mapping = mmap.mmap(file, size, offset=self._mapped_at)

    @property
    def is_long(self) -> bool:
        """Whether the records since the last compaction outweigh those of it, so that the next one pays."""
        return self._end > self._compact_at

    def compact(self) -> Compaction:
        """Begin to write the journal anew."""
        return Compaction(self)

    def read(self) -> Reader:
        """Begin to read the journal, while another process may write it."""
        generations = [_generation(file) for file in self._files]
        generation = max(generations)
        return Reader(self._files[generations.index(generation)], generation)

    def write_after(self, reader: Reader, compacted: int) -> None:
        """Be the writer from now on. What is there after the records that `reader` has read is dropped.

        compacted: how many bytes of these the last compaction wrote. A new writer must not begin to count anew: workers that are
        replaced often would never shorten the journal.
        """
        self._current = self._files.index(reader.file)
        self._generation = reader.generation
        self._end = reader.position
        self._compact_at = max(_LEAST, 2 * compacted)
        self._mapping = None
        os.ftruncate(reader.file, reader.position)

    def close(self) -> None:
        self._mapping = None
        for file in self._files:
            os.close(file)

    @property
    def size(self) -> int:
        """How many bytes both files take, in whole pages."""
        return sum(os.fstat(file).st_blocks * 512 for file in self._files)


class Compaction:
    """The journal on its way into the other file: `clear`, `begin`, `add`, `copy`, `finish` and `clear_old`, in that order."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._from = journal._files[journal._current]
        self._to = journal._files[1 - journal._current]
        self._end = _GENERATION.size
        self._added: list[bytes] = []
        self._copied = 0
        _set_generation(self._to, 0)

    def clear(self) -> bool:
        """Drop some of what is in the file to write to. Returns whether there is more."""
        return _shorten(self._to)

    def begin(self) -> None:
        """From now on the records say what the journal says at this moment."""
        self._copied = self._journal._end

    def add(self, records: Iterable[bytes]) -> None:
        """Write records."""
        self._write(_pieces(records))

    def copy(self) -> bool:
        """Copy some of the records that were added to the journal since `begin`. Returns whether there is much more."""
        some = os.pread(self._from, min(_STEP, self._journal._end - self._copied), self._copied)
        self._write(some)
        self._copied += len(some)
        return self._journal._end - self._copied > _STEP

    def finish(self) -> None:
        """Copy the last of them, and let the new file count."""
        compacted = self._end
        while self._copied < self._journal._end:
            self.copy()
        journal = self._journal
        journal._generation += 1
        _set_generation(self._to, journal._generation)
        _set_generation(self._from, 0)
        journal._current = journal._files.index(self._to)
        journal._end = self._end
        journal._mapping = None
        journal._compact_at = max(_LEAST, 2 * compacted)

    def clear_old(self) -> bool:
        """Drop some of the file that was in force before. Returns whether there is more."""
        return _shorten(self._from)

    def _write(self, content: bytes) -> None:
        os.pwrite(self._to, content, self._end)
        self._end += len(content)


class Reader:
    """Reads one of the journal's files from the beginning. position: where the first record that is not read yet begins."""

    def __init__(self, file: int, generation: int) -> None:
        self.file = file
        self.generation = generation
        self.position = _GENERATION.size

    def read(self) -> list[bytes] | None:
        """The next records, an empty list at the end; None when a compaction has put the other file in force."""
        content = os.pread(self.file, _STEP, self.position)
        if len(content) >= _HEAD.size:
            needed = _HEAD.size + _HEAD.unpack_from(content)[0]
            if needed > len(content):
                content = os.pread(self.file, needed, self.position)
        if _generation(self.file) != self.generation:
            return None
        records, position = [], 0
        while (body := position + _HEAD.size) <= len(content):
            length, checksum = _HEAD.unpack_from(content, position)
            record = content[body : body + length]
            if not length or len(record) < length or crc32(record) != checksum:
                break
            records.append(record)
            position = body + length
        self.position += position
        return records
