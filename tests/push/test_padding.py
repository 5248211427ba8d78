"""Padding by user agent."""

from __future__ import annotations

from typing import Any

import pytest

from ngxpush.config.directives.push_stream.padding import Padding
from ngxpush.config.directives.push_stream.settings import PushStreamLocation
from ngxpush.config.pattern import compile_pattern
from ngxpush.push.padding import Paddings, choose


def group(pattern: bytes, header: int, message: int) -> Padding:
    return Padding(compile_pattern(pattern), header, message)


def paddings(*sizes: tuple[int, int]) -> Paddings:
    any_agent: Any = None
    return Paddings([PushStreamLocation(padding_by_user_agent=(Padding(any_agent, *size),)) for size in sizes])


@pytest.mark.parametrize(
    ("length", "minimum", "expected"),
    [
        (4, 4, b""),
        (5, 4, b""),
        (0, 0, b""),
        (1, 10, b"\r\n" * 50),
        (100, 200, b"\r\n" * 50),
        (4, 433, b"\r\n" * 250),
        (4, 545, b"\n" + b"\r\n" * 272),
    ],
)
def test_line_ends(length: int, minimum: int, expected: bytes) -> None:
    assert paddings((433, 99), (545, 10)).fill(length, minimum, eventsource=False) == expected


@pytest.mark.parametrize(("minimum", "expected"), [(70, b":" * 99 + b"\n"), (155, b":" * 154 + b"\n")])
def test_comments(minimum: int, expected: bytes) -> None:
    assert paddings((155, 0)).fill(3, minimum, eventsource=True) == expected


@pytest.mark.parametrize(
    ("agent", "chosen"),
    [
        (b"Chrome/114.0 Safari/537.36", 0),
        (b"Version/16.5 Safari/605", 1),
        (b"safari", None),
        (b"my test 7", 2),
        (b"", None),
    ],
)
def test_the_first_group_that_matches(agent: bytes, chosen: int | None) -> None:
    groups = (group(b"Chrome", 0, 200), group(b"Safari", 300, 0), group(rb"[Tt]est \d$|^$", 110, 110))
    assert choose(groups, agent) is (None if chosen is None else groups[chosen])
