"""The values of columns."""

from __future__ import annotations

import pytest

from ngxpush.config.columns import ANY, NONE, ONE, Arguments


@pytest.mark.parametrize(
    ("arguments", "allowed"),
    [(NONE, [0]), (ONE, [1]), (ANY, [1, 2, 3, 4]), (Arguments(2, 3), [2, 3])],
)
def test_how_many_arguments(arguments: Arguments, allowed: list[int]) -> None:
    assert [count for count in range(5) if arguments.allow(count)] == allowed
