"""Numbers from outside."""

from __future__ import annotations

import pytest

from ngxpush.numbers import LARGEST, parse_decimal, parse_hexadecimal, parse_wrapped, wrapped

ZEROS = b"0" * 5000


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (b"0", 0),
        (b"007", 7),
        (ZEROS, 0),
        (ZEROS + b"5", 5),
        (b"9223372036854775807", LARGEST),
        (ZEROS + b"9223372036854775807", LARGEST),
        (b"9223372036854775808", None),
        (b"9" * 5000, None),
        (b"", None),
        (b"-1", None),
        (b"+1", None),
        (b" 1", None),
        (b"1_0", None),
        ("٣".encode(), None),
    ],
)
def test_decimal(text: bytes, number: int | None) -> None:
    assert parse_decimal(text) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (b"0", 0),
        (b"fF", 255),
        (ZEROS + b"a", 10),
        (b"7" + b"f" * 15, LARGEST),
        (ZEROS + b"7" + b"f" * 15, LARGEST),
        (b"8" + b"0" * 15, None),
        (b"f" * 5000, None),
        (b"", None),
        (b"0x1", None),
        (b"-1", None),
        (b"g", None),
    ],
)
def test_hexadecimal(text: bytes, number: int | None) -> None:
    assert parse_hexadecimal(text) == number


def test_wrapped() -> None:
    assert [wrapped(number) for number in (0, LARGEST, LARGEST + 1, -5)] == [0, LARGEST, -LARGEST - 1, -5]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (b"5", 5),
        (b"18446744073709551620", 4),
        (b"9223372036854775808", -LARGEST - 1),
        (b"1" + ZEROS + b"7", 7),
        (b"", None),
        (b"-1", None),
    ],
)
def test_numbers_that_are_not_checked(text: bytes, number: int | None) -> None:
    assert parse_wrapped(text) == number
