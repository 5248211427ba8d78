"""How a cached answer is named."""

from __future__ import annotations

import hashlib
import zlib

from msgspec import Struct


class Key(Struct, frozen=True):
    """The key of an answer (PREFIX_cache_key, evaluated)."""

    text: bytes

    @property
    def digest(self) -> bytes:
        """Its MD5, 16 bytes."""
        return hashlib.md5(self.text, usedforsecurity=False).digest()

    @property
    def crc32(self) -> int:
        """The checksum that stands in a cache file."""
        return zlib.crc32(self.text)


def file_path(directory: bytes, levels: tuple[int, ...], digest: bytes) -> bytes:
    """The path of a cache file. levels: how many of the last digits of its name each subdirectory's name takes."""
    name = digest.hex().encode()
    parts, end = [directory.removesuffix(b"/")], len(name)
    for level in levels:
        parts.append(name[end - level : end])
        end -= level
    return b"/".join([*parts, name])


def digest_of(name: bytes) -> bytes | None:
    """The digest that a file is named after; None for a file with another name."""
    if len(name) != 32:
        return None
    try:
        return bytes.fromhex(name.decode("ascii"))
    except ValueError:
        return None
