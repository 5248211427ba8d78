"""The zone's memory, given out as nginx's slab allocator does it (push_stream_shared_memory_size).

Objects have places, not addresses: the page in which an object lies is all that decides what fits.

An object of up to 2048 bytes takes a chunk of the next power of two, at least 8.  Chunks of one size share pages.  More takes
whole pages, side by side.  A chunk comes from the page that was the last to become partly free, otherwise from a new page; a
page that becomes empty is free again for any use.  Free pages side by side are one run; pages are taken from the beginning of
the first run that is long enough, and the run freed last is the first.  A page of chunks smaller than 64 bytes spends some of
them on its bitmap.

Measured on the real server: benchmarks/memory_fill.py, and random runs of minutes in a small zone, in which both refuse the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from .messages import Message

PAGE = 4096
_LARGEST_CHUNK = 2048
_SMALLEST_SHIFT = 3
# Chunks of 8, 16, … 2048 bytes in a page.
_CHUNKS_PER_PAGE = (504, 254, 127, 64, 32, 16, 8, 4, 2)
_CLASSES = range(len(_CHUNKS_PER_PAGE))
# The size class of each number of bytes up to the largest chunk.
_CLASS = bytes(max((size - 1).bit_length() - _SMALLEST_SHIFT, 0) for size in range(1, _LARGEST_CHUNK + 1))
_CLASS = _CLASS[:1] + _CLASS
# What else a page can be.
_RUN = len(_CHUNKS_PER_PAGE)
_FREE = _RUN + 1

# What nginx keeps at the beginning: the allocator's head, and a descriptor for each page.
_HEAD = 704
_PAGE_DESCRIPTOR = 24
# What the module takes before the first channel: counters, and a slot for each possible worker.
_AT_START = (15 * PAGE,)
# The class of what the module takes for a moment while it makes a channel or a message: 64 bytes.
_MOMENTARY = _CLASS[64]

_MESSAGE = 128
_CHANNEL = 256
_TEXTS_ENTRY = 16
_STRING_ENTRY = 16

# Each channel's entry for each worker that has subscribers of it.
SUBSCRIBERS_OF_WORKER = (64,)

Places = tuple[int, ...]
"""Where the objects of something lie: the number of each one's (first) page."""


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


class MemorySnapshot(Struct, frozen=True, array_like=True, gc=False):
    """Everything about a Memory: its fields, but for what follows from them."""

    size: int
    kinds: bytes
    used: tuple[int, ...]
    partly_free: tuple[tuple[int, ...], ...]
    free_runs: tuple[tuple[int, int], ...]
    lengths: dict[int, int]


class Memory:
    """The memory of a zone of `size` bytes.

    _kinds: what each page is: a size class, _RUN where a run of whole pages begins, or _FREE.  _used: its chunks in use.
    _partly_free: by class, the pages with free chunks; chunks are taken from the last.
    _free_runs: runs of free pages, their end → their length; the last is looked at first.  _free_begins: their begin → their end.
    _lengths: the length of each run of whole pages in use, by its first page.  failures: how often something did not fit.
    """

    __slots__ = ("_free_begins", "_free_runs", "_kinds", "_lengths", "_partly_free", "_used", "failures", "size")

    def __init__(self, size: int) -> None:
        self.size = size
        self.failures = 0
        pages = pages_of(size)
        self._kinds = bytearray([_FREE]) * pages
        self._used = [0] * pages
        self._partly_free: list[dict[int, None]] = [{} for _ in _CLASSES]
        self._free_runs = {pages: pages} if pages else {}
        self._free_begins = {0: pages} if pages else {}
        self._lengths: dict[int, int] = {}
        self.take(_AT_START)

    def take(self, sizes: Sequence[int]) -> Places | None:
        """Take objects of these sizes. Returns None, and takes nothing, when one does not fit."""
        places: list[int] = []
        used = self._used
        for size in sizes:
            if size <= _LARGEST_CHUNK:
                kind = _CLASS[size]
                partly_free = self._partly_free[kind]
                if partly_free:
                    page = next(reversed(partly_free))
                else:
                    page = self._take_pages(1, kind)
                    if page >= 0:
                        partly_free[page] = None
            else:
                page = self._take_pages(-(-size // PAGE), _RUN)
                kind = _RUN
            if page < 0:
                self.failures += 1
                self.give(places)
                return None
            if kind is not _RUN:
                used[page] += 1
                if used[page] == _CHUNKS_PER_PAGE[kind]:
                    partly_free.popitem()
            places.append(page)
        return tuple(places)

    def take_and_more(self, sizes: Sequence[int]) -> Places | None:
        """Take objects of these sizes, as `take` does, if there is also room for what is needed only for a moment."""
        places = self.take(sizes)
        if places is None or self._partly_free[_MOMENTARY] or self._free_runs:
            return places
        self.failures += 1
        self.give(places)
        return None

    def give(self, places: Iterable[int]) -> None:
        """Give the objects at these places back."""
        kinds, used = self._kinds, self._used
        for page in places:
            kind = kinds[page]
            if kind == _RUN:
                self._give_pages(page, self._lengths.pop(page))
                continue
            left = used[page] - 1
            used[page] = left
            if not left:
                self._partly_free[kind].pop(page, None)
                self._give_pages(page, 1)
            elif left + 1 == _CHUNKS_PER_PAGE[kind]:
                self._partly_free[kind][page] = None

    def snapshot(self) -> MemorySnapshot:
        """Everything about it."""
        return MemorySnapshot(
            self.size,
            bytes(self._kinds),
            tuple(self._used),
            tuple([tuple(pages) for pages in self._partly_free]),
            tuple(self._free_runs.items()),
            dict(self._lengths),
        )

    def restore(self, snapshot: MemorySnapshot) -> None:
        """Become the memory of that `snapshot`."""
        self.size = snapshot.size
        self._kinds = bytearray(snapshot.kinds)
        self._used = list(snapshot.used)
        self._partly_free = [dict.fromkeys(pages) for pages in snapshot.partly_free]
        self._free_runs = dict(snapshot.free_runs)
        self._free_begins = {end - length: end for end, length in snapshot.free_runs}
        self._lengths = dict(snapshot.lengths)

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
            if kind == _RUN:
                self._lengths[begin] = count
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
