"""Sizes, times, numbers and percentages: nginx's parsing, on bytes. What does not fit into 63 bits is refused.

Every function returns None for what nginx refuses. The messages differ between directives; the slots have them.
"""

from __future__ import annotations

import re

from ..numbers import LARGEST, parse_decimal

_UNITS = {b"": 1, b"k": 1 << 10, b"m": 1 << 20, b"g": 1 << 30}
_SIZE = re.compile(rb"([0-9]+)([kKmM]?)")
_OFFSET = re.compile(rb"([0-9]+)([kKmMgG]?)")
# One step of a time: its digits, its unit (a blank ends a bare number of seconds) and the blanks nginx skips.
_TIME_STEP = re.compile(rb"([0-9]*)(ms|[yMwdhms ]|\Z) *")
# The units, in the only order nginx accepts, with their milliseconds. The last is a bare number with a blank after it.
_TIME_UNITS = {
    b"y": 31536000_000,
    b"M": 2592000_000,
    b"w": 604800_000,
    b"d": 86400_000,
    b"h": 3600_000,
    b"m": 60_000,
    b"s": 1000,
    b"ms": 1,
    b" ": 1000,
}
_TIME_ORDER = {unit: order for order, unit in enumerate(_TIME_UNITS)}


def parse_number(text: bytes) -> int | None:
    """A number that consists of decimal digits only."""
    return parse_decimal(text)


def parse_size(text: bytes) -> int | None:
    """A size in bytes, with an optional `k` or `m`."""
    return _scaled(_SIZE.fullmatch(text))


def parse_offset(text: bytes) -> int | None:
    """An offset in bytes, with an optional `k`, `m` or `g`."""
    return _scaled(_OFFSET.fullmatch(text))


def _scaled(match: re.Match[bytes] | None) -> int | None:
    number = None if match is None else parse_decimal(match[1])
    if match is None or number is None:
        return None
    size = number * _UNITS[match[2].lower()]
    return size if size <= LARGEST else None


def parse_seconds(text: bytes) -> int | None:
    """A time in whole seconds: `90`, `1m30s`, `1h 30m`; milliseconds are refused."""
    total = _time(text, milliseconds=False)
    return None if total is None else total // 1000


def parse_milliseconds(text: bytes) -> int | None:
    """A time in milliseconds, from the same texts as `parse_seconds` and `500ms`; years and months are refused."""
    return _time(text, milliseconds=True)


def _time(text: bytes, milliseconds: bool) -> int | None:
    """The time in milliseconds. Each unit may come once, from large to small; a bare number at the end is in seconds."""
    if not re.search(rb"[0-9]", text):
        return None
    total, position, reached = 0, 0, _TIME_ORDER[b"M"] if milliseconds else -1
    while position < len(text):
        step = _TIME_STEP.match(text, position)
        number = None if step is None else parse_decimal(step[1] or b"0")
        if step is None or number is None:
            return None
        position, unit = step.end(), step[2]
        if not unit:
            return _bounded(total + number * 1000, milliseconds)
        order = _TIME_ORDER[unit]
        # A number before a blank is in seconds, so it may not follow a number with the unit `s`.
        refused = reached >= min(order, _TIME_ORDER[b"s"]) if unit == b" " else reached >= order
        if refused or (unit == b"ms" and not milliseconds):
            return None
        reached = order
        total += number * _TIME_UNITS[unit]
    return _bounded(total, milliseconds)


def _bounded(total: int, milliseconds: bool) -> int | None:
    return total if (total if milliseconds else total // 1000) <= LARGEST else None


def parse_fixed_point(text: bytes, digits: int) -> int | None:
    """A decimal fraction as an integer of `digits` decimals: `0.5` with 2 digits is 50."""
    match = re.fullmatch(rb"([0-9]*)(?:\.([0-9]*))?", text)
    if match is None or not text or len(match[2] or b"") > digits:
        return None
    whole, fraction = match[1] or b"0", (match[2] or b"").ljust(digits, b"0")
    return parse_number(whole + fraction) if match[1] or match[2] is not None else None
