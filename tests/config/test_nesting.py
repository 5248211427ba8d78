"""ngxpush.config.nesting: recursion without Python's call stack."""

from __future__ import annotations

from ngxpush.config.nesting import Walk, finish


def _depth(left: int) -> Walk[int]:
    if not left:
        return 0
    inside: int = yield _depth(left - 1)
    return inside + 1


def test_it_goes_deeper_than_python() -> None:
    assert finish(_depth(20_000)) == 20_000


def _order(name: str, left: int, found: list[str]) -> Walk[None]:
    found.append(name)
    for number in range(left):
        yield _order(f"{name}{number}", left - 1, found)


def test_in_the_order_of_calls() -> None:
    found: list[str] = []
    finish(_order("", 2, found))
    assert found == ["", "0", "00", "1", "10"]
