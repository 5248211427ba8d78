"""The beginning of a cache file: nginx's header of version 5, the key, and the head of the answer as lines of HTTP.

The numbers of the header are those of a 64-bit machine, in its own order of bytes.
"""

from __future__ import annotations

import struct
from typing import Final

from msgspec import Struct

from ...numbers import wrapped
from .key import Key

_VERSION = 5
_HEADER = struct.Struct("=Q5qIHHHB128sB128s16s4x")
HEADER_SIZE: Final = _HEADER.size
_BEFORE_KEY = b"\nKEY: "
# A larger place is cut to 16 bits: nginx then finds the file broken.
_MOST_PLACE = 0xFFFF


class BrokenEntry(Exception):
    """A cache file that can't be used. level: of the line in the error log.  words: what follows the file's path there."""

    def __init__(self, words: bytes, level: str = "crit") -> None:
        super().__init__(words)
        self.words = words
        self.level = level


class CacheEntry(Struct, frozen=True):
    """What a cache file says of its answer. Times are seconds since the epoch.

    valid: until when it is good.  updating, error: for how many seconds after that it may be used while it is renewed, or after
    an error.  last_modified: None without one.  date: when it came.  head_start, body_start: places in the file.
    etag: empty without one.  vary: the value of the Vary line.  variant: the digest of this variant; empty without `vary`.
    """

    valid: int
    updating: int
    error: int
    last_modified: int | None
    date: int
    head_start: int
    body_start: int
    etag: bytes = b""
    vary: bytes = b""
    variant: bytes = b""

    def header(self, key: Key) -> bytes:
        """The header of the file."""
        modified = -1 if self.last_modified is None else self.last_modified
        times = (wrapped(self.valid), self.updating, self.error, modified, self.date)
        etag = self.etag if len(self.etag) <= 128 else b""
        places = (key.crc32, 0, self.head_start & _MOST_PLACE, self.body_start & _MOST_PLACE)
        return _HEADER.pack(_VERSION, *times, *places, len(etag), etag, len(self.vary), self.vary, self.variant)


def head_start(key: Key) -> int:
    """The place of the head in the file of a key."""
    return HEADER_SIZE + len(_BEFORE_KEY) + len(key.text) + 1


def before_head(entry: CacheEntry, key: Key) -> bytes:
    """The bytes of a file up to the head."""
    return entry.header(key) + _BEFORE_KEY + key.text + b"\n"


def parse_entry(data: bytes, key: Key, most: int) -> CacheEntry:
    """The entry of a file that begins with these bytes. most: how long all before the body may be. Raises BrokenEntry."""
    if len(data) < head_start(key):
        raise BrokenEntry(b"is too small")
    fields = _HEADER.unpack_from(data)
    version, valid, updating, error, modified, date, crc32, _, start, body_start = fields[:10]
    etag_size, etag, vary_size, vary, variant = fields[10:]
    if version != _VERSION:
        raise BrokenEntry(b"version mismatch", "info")
    if crc32 != key.crc32 or start != head_start(key) or not data.startswith(key.text, HEADER_SIZE + len(_BEFORE_KEY)):
        raise BrokenEntry(b"has md5 collision")
    if body_start < start:
        raise BrokenEntry(b"is too small")
    if body_start > most:
        raise BrokenEntry(b"has too long header")
    if vary_size > len(vary):
        raise BrokenEntry(b"has incorrect vary length")
    modified_or_none = None if modified == -1 else modified
    kept = variant if vary_size else b""
    return CacheEntry(valid, updating, error, modified_or_none, date, start, body_start, etag[:etag_size], vary[:vary_size], kept)
