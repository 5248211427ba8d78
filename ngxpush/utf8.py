"""UTF-8 as nginx reads it, which takes more than the standard does, and breaks off otherwise.

The first byte says how many belong to a character. Any byte from 0x80 on goes on with it, 0xC0 to 0xFF too; one below 0x80 breaks
it off, and belongs to the broken character (recording found-charset/broken-utf-8).
"""

from __future__ import annotations

import re

CHARACTER = re.compile(rb"[\x00-\x7f]|[\xc2-\xdf].|[\xe0-\xef]..|[\xf0-\xff]...|[\x80-\xc1]", re.DOTALL)
"""A character by the length that its first byte says, or a byte that begins none."""

# The first character that needs so many bytes, and the last one there is.
_FIRST = (0, 0, 0x80, 0x800, 0x10000)
_LAST = 0x10FFFF


def character(data: bytes) -> tuple[int, int | None]:
    """What a match of CHARACTER, or nothing, is: how many of its bytes belong to it, and the number of the character.

    None in place of the number: it is broken.
    """
    length = len(data)
    if length < 2:
        return length, data[0] if data and data[0] < 0x80 else None
    number = data[0] & (0xFF >> (length + 1))
    for place in range(1, length):
        if data[place] < 0x80:
            return place + 1, None
        number = number << 6 | data[place] & 0x3F
    return length, number if _FIRST[length] <= number <= _LAST else None


def characters(data: bytes) -> list[bytes]:
    """The characters of a text; its bytes, if one of the characters is broken or not whole."""
    found, place = [], 0
    while match := CHARACTER.match(data, place):
        length, number = character(match[0])
        if number is None:
            break
        found.append(match[0])
        place += length
    return found if place == len(data) else [data[at : at + 1] for at in range(len(data))]
