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

_SIZE_UNITS = ((_THOUSAND**3, "g"), (_THOUSAND**2, "m"), (_THOUSAND, "k"), (1, ""))
_TIME_UNITS = ((86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1000, "s"), (1, "ms"))
"""nginx's units, the largest first."""


def in_nginx_spelling(text: str, parser: Callable[[bytes], int | None]) -> str | None:
    """The same size, time or number as the parser (of `config.values`) reads it, or the next larger one; None if it is none."""
    if parser is parse_number:
        spellings = _number(text)
    elif parser in (parse_size, parse_offset):
        spellings = _written(_amount(text, _SIZES, plural="ibs"), _SIZE_UNITS)
    elif parser in (parse_seconds, parse_milliseconds):
        spellings = _written(_amount(text, _TIMES, plural="s"), _TIME_UNITS)
    else:
        return None
    return next((each for each in spellings if parser(each.encode()) is not None), None)


def _number(text: str) -> Iterator[str]:
    if _GROUPED.fullmatch(text):
        yield re.sub(r"[^0-9]", "", text)
    found = _QUANTITY.fullmatch(text.strip())
    if found is not None and found[2] is None and found[3].lower() in ("", "k", "m"):
        yield str(int(found[1]) * {"": 1, "k": 1000, "m": 1_000_000}[found[3].lower()])


def _amount(text: str, units: dict[str, int], plural: str) -> Fraction | None:
    """How many of the smallest unit a text says. plural: the letters that may follow the name of a unit."""
    found = _QUANTITY.fullmatch(text.strip())
    if found is None:
        return None
    unit = found[3].lower()
    factor = units.get(unit, units.get(unit.rstrip(plural)))
    return None if factor is None else Fraction(f"{found[1]}.{found[2] or 0}") * factor


def _written(amount: Fraction | None, units: tuple[tuple[int, str], ...]) -> Iterator[str]:
    """The amount in each unit in which it is a whole number; then rounded up to one of them, the smallest first."""
    if amount is None:
        return
    for factor, unit in units:
        if amount >= factor and (amount / factor).denominator == 1:
            yield f"{int(amount / factor)}{unit}"
    for factor, unit in reversed(units):
        yield f"{-(-amount // factor)}{unit}"
