"""The zone's memory, given out as nginx's slab allocator does it (push_stream_shared_memory_size).

Objects have places, not addresses: the page in which an object lies is all that decides what fits.

An object of up to 2048 bytes takes a chunk of the next power of two, at least 8.  Chunks of one size share pages.  More takes
whole pages, side by side.  A chunk comes from the page that was the last to become partly free, otherwise from a new page; a
page that becomes empty is free again for any use.  Free pages side by side are one run; pages are taken from the beginning of
the first run that is long enough, and the run freed last is the first.  A page of chunks smaller than 64 bytes spends some of
them on its bitmap.

Measured on the real server: benchmarks/memory_fill.py, and random runs in small zones, in which both refuse the same.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from functools import lru_cache
from struct import Struct
from typing import Final

import msgspec

from .messages import Message

PAGE = 4096
_LARGEST_CHUNK = 2048
_SMALLEST_SHIFT = 3
# Chunks of 8, 16, … 2048 bytes in a page.
_CHUNKS_PER_PAGE = (504, 254, 127, 64, 32, 16, 8, 4, 2)
_CLASSES = range(len(_CHUNKS_PER_PAGE))
# The size class of each number of bytes up to the largest chunk.
_CLASS = bytes(max((size - 1).bit_length() - _SMALLEST_SHIFT, 0) for size in range(_LARGEST_CHUNK + 1))
# What else a page can be.
_RUN = len(_CHUNKS_PER_PAGE)
_FREE = _RUN + 1

# What nginx keeps at the beginning: the allocator's head, and a descriptor for each page.
_HEAD = 704
_PAGE_DESCRIPTOR = 24
# What the module takes before the first channel: counters, a slot for each possible worker, and 64 bytes more, in the page that
# the channels' entries share.
PAGES_AT_START = 15
_AT_START = (PAGES_AT_START * PAGE, 64)
# What it takes to pass a message on to a worker, until the worker has done so.
_WORKER_MESSAGE = (64,)

_MESSAGE = 128
_CHANNEL = 256
_TEXTS_ENTRY = 16
_STRING_ENTRY = 16

# Each channel's entry for each worker that has subscribers of it.
SUBSCRIBERS_OF_WORKER = (64,)

Places = bytes
"""Where the objects of something lie: items of _ITEM, in the order in which the objects were taken.

An item is the number of a page, shifted by _COUNT_BITS, and how many of the objects lie there: 1 to _MOST, or 1 of whole pages.
There are as many of these as messages, so they are as small as possible, and the garbage collector does not know them.
"""
_ITEM: Final = "I"
_COUNT_BITS = 4
_MOST = (1 << _COUNT_BITS) - 1
# For a few numbers faster than an array.
_PACK = tuple([Struct(f"{count}{_ITEM}").pack for count in range(8)])


def channel_sizes(id: bytes) -> tuple[int, ...]:
    """The objects a channel is made of, in bytes."""
    return (_CHANNEL, len(id) + 1)


def message_sizes(message: Message) -> tuple[int, ...]:
    """The objects a message is made of, in bytes: itself, its text, its text in each template, Event-Id and Event-Type."""
    texts, length = message.texts, len(message.text)
    in_templates = [length if text is None else len(text) for text in texts]
    sizes = (_MESSAGE, length + 1, _TEXTS_ENTRY * len(texts), *in_templates)
    if message.event_id is not None:
        length = len(message.event_id)
        sizes += (_STRING_ENTRY + length + 1, _STRING_ENTRY + length + len(b"id: \n"))
    if message.event_type is not None:
        length = len(message.event_type)
        sizes += (_STRING_ENTRY + length + 1, _STRING_ENTRY + length + len(b"event: \n"))
    return sizes


def pages_of(size: int) -> int:
    """How many pages a zone of `size` bytes has. They begin at a multiple of their length, after the head and the descriptors."""
    pages = (size - _HEAD) // (PAGE + _PAGE_DESCRIPTOR)
    begin = -(-(_HEAD + _PAGE_DESCRIPTOR * pages) // PAGE) * PAGE
    return max(min(pages, (size - begin) // PAGE), 0)


@lru_cache(4096)
def _runs(sizes: tuple[int, ...]) -> tuple[tuple[int, int, int], ...]:
    """What objects of these sizes take, in their order: a size class, a number of chunks, and a page's chunks less that number.

    Chunks of one class that follow each other are counted together, up to _MOST.  Whole pages: _RUN, their number, and 0.
    """
    runs: list[tuple[int, int, int]] = []
    for size in sizes:
        kind = _CLASS[size] if size <= _LARGEST_CHUNK else _RUN
        if kind == _RUN:
            runs.append((_RUN, -(-size // PAGE), 0))
            continue
        count = 1
        if runs and runs[-1][0] == kind and runs[-1][1] < _MOST:
            count += runs.pop()[1]
        runs.append((kind, count, _CHUNKS_PER_PAGE[kind] - count))
    return tuple(runs)


class MemorySnapshot(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Everything about a Memory: its fields, but for what follows from them.

    The fields are bytes: a large zone has a million numbers. kinds, used: without the free pages at the end.
    free_runs: the ends of the runs, then their lengths.
    """

    size: int
    kinds: bytes
    used: bytes
    partly_free: tuple[bytes, ...]
    free_runs: tuple[bytes, bytes]


class Memory:
    """The memory of a zone of `size` bytes.

    _kinds: what each page is: a size class, _RUN where a run of whole pages begins, or _FREE.
    _used: its chunks in use, or how many pages the run has.
    _partly_free: by class, the pages with free chunks; chunks are taken from the last. There are none for _RUN.
    _free_runs: runs of free pages, their end → their length; the last is looked at first.  _free_begins: their begin → their end.
    failures: how often something did not fit.
    """

    __slots__ = ("_free_begins", "_free_runs", "_kinds", "_partly_free", "_used", "failures", "size")

    def __init__(self, size: int) -> None:
        self.size = size
        self.failures = 0
        pages = pages_of(size)
        self._kinds = bytearray([_FREE]) * pages
        self._used = array(_ITEM, [0]) * pages
        self._partly_free: list[dict[int, None]] = [{} for _ in (*_CLASSES, _RUN)]
        self._free_runs = {pages: pages} if pages else {}
        self._free_begins = {0: pages} if pages else {}
        self.take(_AT_START)

    @property
    def bytes_used(self) -> tuple[int, int]:
        """How many bytes are in use, counted by whole pages, and how many there are."""
        pages = len(self._kinds)
        return PAGE * (pages - sum(self._free_runs.values())), PAGE * pages

    def bytes_at(self, places: Places) -> int:
        """How many bytes the objects at these places take: chunks and whole pages, as they are given out."""
        total = 0
        for place in _unpacked(places):
            page = place >> _COUNT_BITS
            kind = self._kinds[page]
            total += self._used[page] * PAGE if kind == _RUN else (place & _MOST) << (kind + _SMALLEST_SHIFT)
        return total

    def take(self, sizes: tuple[int, ...]) -> Places | None:
        """Take objects of these sizes. Returns None, and takes nothing, when one does not fit."""
        # This is a hot path: each message takes memory.
        places: list[int] = []
        used, partly_free = self._used, self._partly_free
        for kind, count, most in _runs(sizes):
            free = partly_free[kind]
            if free:
                page = next(reversed(free))
                here = used[page]
                if here < most:  # the usual case: the page has more than it takes
                    used[page] = here + count
                    places.append(page << _COUNT_BITS | count)
                    continue
            if not self._take_run(kind, count, places):
                self.failures += 1
                self.give(_packed(places))
                return None
        return _PACK[len(places)](*places) if len(places) < len(_PACK) else _packed(places)

    def passes_on(self) -> bool:
        """Take what is needed to pass a message on to a worker, and give it back. Returns whether it fits."""
        if self._partly_free[_CLASS[64]]:  # nothing would be other than it was
            return True
        places = self.take(_WORKER_MESSAGE)
        if places is None:
            return False
        self.give(places)
        return True

    def give(self, places: Places) -> None:
        """Give the objects at these places back."""
        kinds, used = self._kinds, self._used
        for place in _unpacked(places):
            page = place >> _COUNT_BITS
            kind = kinds[page]
            if kind == _RUN:
                count, used[page] = used[page], 0
                self._give_pages(page, count)
                continue
            before = used[page]
            left = used[page] = before - (place & _MOST)
            if not left:
                self._partly_free[kind].pop(page, None)
                self._give_pages(page, 1)
            elif before == _CHUNKS_PER_PAGE[kind]:
                self._partly_free[kind][page] = None

    def snapshot(self) -> MemorySnapshot:
        """Everything about it."""
        pages = len(self._kinds)
        end = pages - self._free_runs.get(pages, 0)
        return MemorySnapshot(
            self.size,
            bytes(self._kinds[:end]),
            self._used[:end].tobytes(),
            tuple([_packed(pages) for pages in self._partly_free]),
            (_packed(self._free_runs), _packed(self._free_runs.values())),
        )

    def restore(self, snapshot: MemorySnapshot) -> None:
        """Become the memory of that `snapshot`."""
        self.size = snapshot.size
        pages = pages_of(self.size)
        self._kinds = bytearray(snapshot.kinds.ljust(pages, bytes([_FREE])))
        self._used = _unpacked(snapshot.used.ljust(pages * array(_ITEM).itemsize, b"\0"))
        self._partly_free = [dict.fromkeys(_unpacked(free)) for free in snapshot.partly_free]
        ends, lengths = (_unpacked(numbers) for numbers in snapshot.free_runs)
        self._free_runs = dict(zip(ends, lengths, strict=True))
        self._free_begins = {end - length: end for end, length in self._free_runs.items()}

    def _take_run(self, kind: int, count: int, places: list[int]) -> bool:
        """Take so many chunks of a class, or so many pages side by side, and add their places. Returns whether they fit."""
        used, free = self._used, self._partly_free[kind]
        if kind == _RUN:
            page = self._take_pages(count, _RUN)
            if page >= 0:
                used[page] = count
                places.append(page << _COUNT_BITS | 1)
            return page >= 0
        while count:
            page = next(reversed(free)) if free else self._take_pages(1, kind)
            if page < 0:
                return False
            free[page] = None
            here = _CHUNKS_PER_PAGE[kind] - used[page]
            if here <= count:
                free.popitem()
            else:
                here = count
            used[page] += here
            places.append(page << _COUNT_BITS | here)
            count -= here
        return True

    def _take_pages(self, count: int, kind: int) -> int:
        """The first of so many pages side by side, which are `kind` from now on; -1 when there are none."""
        runs = self._free_runs
        for end in reversed(runs):
            length = runs[end]
            if length < count:
                continue
            begin = end - length
            del self._free_begins[begin]
            if length == count:
                del runs[end]
            else:
                runs[end] = length - count
                self._free_begins[begin + count] = end
            self._kinds[begin] = kind
            return begin
        return -1

    def _give_pages(self, begin: int, count: int) -> None:
        """Make pages side by side free, and one run with the free ones after and before them."""
        self._kinds[begin] = _FREE
        end = begin + count
        after = self._free_begins.pop(end, None)
        if after is not None:
            count += self._free_runs.pop(after)
            end = after
        before = self._free_runs.pop(begin, None)
        if before is not None:
            count += before
        self._free_runs[end] = count
        self._free_begins[end - count] = end


def _packed(numbers: Iterable[int]) -> bytes:
    return array(_ITEM, numbers).tobytes()


def _unpacked(numbers: bytes) -> array[int]:
    return array(_ITEM, numbers)
