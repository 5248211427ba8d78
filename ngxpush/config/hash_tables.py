"""nginx's hash tables: its messages about names that are too long, or too many, for the sizes in the configuration.

nginx looks for the smallest number of buckets in which all names fit. Buckets are whole cache lines. ngxpush needs no such
tables, but a configuration that nginx refuses must not start here. Measured with nginx 1.22.1 on a 64-bit machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from msgspec import Struct

_POINTER = 8
_CACHE_LINE = 64
_LARGEST_BUCKET = 65536 - _CACHE_LINE


class Complaint(Struct, frozen=True):
    """nginx's message about a table. At level emerg nginx does not start."""

    level: str
    message: str


def complaint(table: str, names: Iterable[bytes], max_size: int, bucket_size: int) -> Complaint | None:
    """nginx's message when it builds the hash `table` of these names (in lower case) with these sizes; None where it fits."""
    bucket = -(-bucket_size // _CACHE_LINE) * _CACHE_LINE
    found = list(names)
    if not max_size:
        return Complaint("emerg", f"could not build {table}, you should increase {table}_max_size: {max_size}")
    if bucket > _LARGEST_BUCKET:
        return Complaint("emerg", f"could not build {table}, too large {table}_bucket_size: {bucket}")
    if any(_length(name) + _POINTER > bucket for name in found):
        return Complaint("emerg", f"could not build {table}, you should increase {table}_bucket_size: {bucket}")
    if _fits(found, max_size, bucket - _POINTER):
        return None
    increase = f"{table}_max_size: {max_size} or {table}_bucket_size: {bucket}"
    return Complaint(
        "warn", f"could not build optimal {table}, you should increase either {increase}; ignoring {table}_bucket_size"
    )


def label_tables(names: Iterable[bytes]) -> Iterator[list[bytes]]:
    """The tables for names with a wildcard at the same end: the labels next to each other label, from the known end on."""
    tree: dict[bytes, Any] = {}
    for name in names:
        labels = name.strip(b"*").strip(b".").split(b".")
        branch = tree
        for label in labels if name.endswith(b"*") else reversed(labels):
            branch = branch.setdefault(label, {})
    branches = [tree]
    while branches:
        branch = branches.pop(0)
        if branch:
            yield list(branch)
        branches += branch.values()


def _length(name: bytes) -> int:
    """The bytes a name takes in its bucket."""
    return _POINTER + -(-(len(name) + 2) // _POINTER) * _POINTER


def _key(name: bytes) -> int:
    key = 0
    for byte in name:
        key = (key * 31 + byte) & 0xFFFFFFFFFFFFFFFF
    return key


def _fits(names: list[bytes], max_size: int, room: int) -> bool:
    """Whether there is a number of buckets, at most `max_size`, with room for all names."""
    elements = [(_key(name), _length(name)) for name in names]
    least = len(elements) // (room // (2 * _POINTER)) or 1
    if max_size > 10_000 and elements and max_size // len(elements) < 100:
        least = max_size - 1000
    return any(_fits_in(elements, size, room) for size in range(least, max_size + 1))


def _fits_in(elements: list[tuple[int, int]], size: int, room: int) -> bool:
    used = [0] * size
    for key, length in elements:
        bucket = key % size
        used[bucket] += length
        if used[bucket] > room:
            return False
    return True
