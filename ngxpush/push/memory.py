"""The zone's memory, counted as nginx's slab allocator gives it out (push_stream_shared_memory_size).

Nothing is placed: chunks and pages are counted, so that a zone is full when the module's is (benchmarks/memory_fill.py compares
them).  The memory that nginx loses to pages left half empty is not modelled.

An object of up to 2048 bytes takes a chunk of the next power of two, at least 8; chunks of one size share pages.  More takes
whole pages.  A page of chunks smaller than 64 bytes spends some of them on its own bitmap.
"""

from __future__ import annotations

from collections.abc import Sequence

from .messages import Message

PAGE = 4096
_LARGEST_CHUNK = 2048
_SMALLEST_SHIFT = 3
# Chunks of 8, 16, … 2048 bytes in a page.
_CHUNKS_PER_PAGE = (504, 254, 127, 64, 32, 16, 8, 4, 2)
_PAGES = len(_CHUNKS_PER_PAGE)  # the place of whole pages in a tally
# The size class of each number of bytes up to the largest chunk.
_CLASS = bytes(max((size - 1).bit_length() - _SMALLEST_SHIFT, 0) for size in range(1, _LARGEST_CHUNK + 1))
_CLASS = _CLASS[:1] + _CLASS

# What nginx keeps at the beginning: the allocator's head, and a descriptor for each page.
_HEAD = 704
_PAGE_DESCRIPTOR = 24
# Pages taken before the first channel: counters, and a slot for each possible worker.
_PAGES_AT_START = 15

_MESSAGE = 128
_CHANNEL = 256
_TEXTS_ENTRY = 16
_STRING_ENTRY = 16

# Each channel's entry for each worker that has subscribers of it.
SUBSCRIBERS_OF_WORKER = (64,)
# Taken by the first message of a zone, for good.
FIRST_MESSAGE = (64,)


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


def empty_tally() -> list[int]:
    """Chunks of each size and, last, whole pages: none of them."""
    return [0] * (_PAGES + 1)


def tally(counts: list[int], sizes: Sequence[int]) -> None:
    """Add objects of these sizes to a tally."""
    for size in sizes:
        if size <= _LARGEST_CHUNK:
            counts[_CLASS[size]] += 1
        else:
            counts[_PAGES] += -(-size // PAGE)


class Memory:
    """The free memory of a zone of `size` bytes: a tally of the chunks in pages already begun and of whole pages."""

    __slots__ = ("_free", "size")

    def __init__(self, size: int) -> None:
        self.size = size
        pages = (size - _HEAD) // (PAGE + _PAGE_DESCRIPTOR)
        self._free = empty_tally()
        self._free[_PAGES] = pages - _PAGES_AT_START

    def take(self, sizes: Sequence[int]) -> bool:
        """Take objects of these sizes. Returns False, and takes nothing, when one does not fit."""
        free = self._free
        for position, size in enumerate(sizes):
            if size <= _LARGEST_CHUNK:
                kind = _CLASS[size]
                if free[kind]:
                    free[kind] -= 1
                    continue
                if free[_PAGES] > 0:
                    free[_PAGES] -= 1
                    free[kind] = _CHUNKS_PER_PAGE[kind] - 1
                    continue
            else:
                pages = -(-size // PAGE)
                if pages <= free[_PAGES]:
                    free[_PAGES] -= pages
                    continue
            self.give(sizes[:position])
            return False
        return True

    def charge(self, sizes: Sequence[int]) -> None:
        """Take objects of these sizes even when they do not fit. Nothing fits then until as much is given back."""
        counts = empty_tally()
        tally(counts, sizes)
        free = self._free
        for kind, per_page in enumerate(_CHUNKS_PER_PAGE):
            # A negative number says how many pages have to be begun.
            pages, free[kind] = divmod(free[kind] - counts[kind], per_page)
            free[_PAGES] += pages
        free[_PAGES] -= counts[_PAGES]

    def give(self, sizes: Sequence[int]) -> None:
        """Give objects of these sizes back."""
        counts = empty_tally()
        tally(counts, sizes)
        self.give_tally(counts)

    def give_tally(self, counts: Sequence[int]) -> None:
        """Give everything in a tally back."""
        free = self._free
        for kind, per_page in enumerate(_CHUNKS_PER_PAGE):
            if counts[kind]:
                pages, free[kind] = divmod(free[kind] + counts[kind], per_page)
                free[_PAGES] += pages
        free[_PAGES] += counts[_PAGES]

    def snapshot(self) -> tuple[int, ...]:
        """What is free."""
        return tuple(self._free)

    def restore(self, size: int, free: Sequence[int]) -> None:
        """Become the memory of that size whose `snapshot` is `free`."""
        self.size = size
        self._free = list(free)
