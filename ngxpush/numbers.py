"""Numbers from outside, read as nginx reads them.

A number is digits and nothing else, and it has to fit into 63 bits: a larger one is no number. Zeros before it do not count.
`int()` has another rule: it raises for more than 4,300 digits, and takes signs, blanks, underscores and the digits of other
scripts. So text becomes a number only here (tests/test_structure.py).
"""

from __future__ import annotations

LARGEST = (1 << 63) - 1

# What surely fits.
_SAFE_DIGITS = 18
_SAFE_HEX_DIGITS = 15

_HEX_DIGITS = frozenset(b"0123456789abcdefABCDEF")


def parse_decimal(text: bytes) -> int | None:
    """A number in decimal digits; None for anything else."""
    if not text.isdigit():
        return None
    if len(text) > _SAFE_DIGITS:
        text = text.lstrip(b"0") or b"0"
        if len(text) > _SAFE_DIGITS + 1:
            return None
    number = int(text)
    return number if number <= LARGEST else None


def parse_hexadecimal(text: bytes) -> int | None:
    """A number in hexadecimal digits of either case; None for anything else."""
    if not text or not _HEX_DIGITS.issuperset(text):
        return None
    if len(text) > _SAFE_HEX_DIGITS:
        text = text.lstrip(b"0") or b"0"
        if len(text) > _SAFE_HEX_DIGITS + 1:
            return None
    number = int(text, 16)
    return number if number <= LARGEST else None


# A power of ten with that exponent is a multiple of 2**64.
_DIGITS_THAT_COUNT = 64


def parse_wrapped(text: bytes) -> int | None:
    """A number in decimal digits that nginx does not check: what 64 bits with a sign keep of it; None for anything else."""
    return wrapped(int(text[-_DIGITS_THAT_COUNT:])) if text.isdigit() else None


def wrapped(number: int) -> int:
    """A sum of such numbers in 64 bits with a sign: after the largest one comes the smallest."""
    return (number + LARGEST + 1) % (1 << 64) - LARGEST - 1
