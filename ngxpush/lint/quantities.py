"""Sizes, times and numbers as people write them, in the spelling that nginx reads."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from fractions import Fraction

from ..config.values import parse_milliseconds, parse_number, parse_offset, parse_seconds, parse_size

_QUANTITY = re.compile(r"\+?([0-9]{1,15})(?:[.,]([0-9]{1,9}))?\s*([a-zA-Z]*)")
# 1_000 and 1,000,000.
_GROUPED = re.compile(r"[0-9]{1,3}(?:([,_'])[0-9]{3})(?:\1[0-9]{3})*")

_THOUSAND = 1 << 10
_SIZES = {"": 1, "b": 1, "byte": 1, "k": _THOUSAND, "m": _THOUSAND**2, "g": _THOUSAND**3, "t": _THOUSAND**4}
_TIMES = {
    "ms": 1, "msec": 1, "millisecond": 1, "": 1000, "s": 1000, "sec": 1000, "second": 1000, "m": 60_000, "min": 60_000,
    "minute": 60_000, "h": 3_600_000, "hr": 3_600_000, "hour": 3_600_000, "d": 86_400_000, "day": 86_400_000,
    "w": 604_800_000, "week": 604_800_000, "mo": 2_592_000_000, "month": 2_592_000_000, "y": 31_536_000_000,
    "yr": 31_536_000_000, "year": 31_536_000_000,
}  # fmt: skip
"""The units in which people write, with their bytes and milliseconds."""

_SIZE_UNITS = {_THOUSAND**3: "g", _THOUSAND**2: "m", _THOUSAND: "k", 1: ""}
_TIME_UNITS = {604_800_000: "w", 86_400_000: "d", 3_600_000: "h", 60_000: "m", 1000: "s", 1: "ms"}
"""nginx's units, the largest first."""


def in_nginx_spelling(text: str, parser: Callable[[bytes], int | None]) -> str | None:
    """The same size, time or number as the parser (of `config.values`) reads it, or the next larger one; None if it is none."""
    if parser is parse_number:
        spellings = _number(text)
    elif parser in (parse_size, parse_offset):
        spellings = _written(text, _SIZES, "ibs", _SIZE_UNITS)
    elif parser in (parse_seconds, parse_milliseconds):
        spellings = _written(text, _TIMES, "s", _TIME_UNITS)
    else:
        return None
    return next((each for each in (text, *spellings) if parser(each.encode("utf-8", "surrogateescape")) is not None), None)


def _number(text: str) -> Iterator[str]:
    if _GROUPED.fullmatch(text):
        yield re.sub(r"[^0-9]", "", text)
    found = _QUANTITY.fullmatch(text.strip())
    if found is not None and found[2] is None and found[3].lower() in ("", "k", "m"):
        yield str(int(found[1]) * {"": 1, "k": 1000, "m": 1_000_000}[found[3].lower()])


def _written(text: str, factors: dict[str, int], plural: str, units: dict[int, str]) -> Iterator[str]:
    """In the unit that is written, then in each in which it is a whole number, then rounded up, to the smallest unit first.

    plural: the letters that may follow the name of a unit.
    """
    found = _QUANTITY.fullmatch(text.strip())
    factor = None if found is None else factors.get(found[3].lower(), factors.get(found[3].lower().rstrip(plural)))
    if found is None or factor is None:
        return
    amount = Fraction(f"{found[1]}.{found[2] or 0}") * factor
    for each in (factor, *units):
        if each in units and amount >= each and (amount / each).denominator == 1:
            yield f"{int(amount / each)}{units[each]}"
    for each in reversed(units):
        yield f"{-(-amount // each)}{units[each]}"
