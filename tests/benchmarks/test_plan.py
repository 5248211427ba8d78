"""The order of measurements, and those that fail."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.contestants import Contestant, Program
from benchmarks.plan import Task, Values, Where, run
from benchmarks.samples import Results

A, B, C = [Contestant(name, Program("none.py"), (), "1") for name in "abc"]


def test_everyone_is_first_once() -> None:
    seen: list[str] = []

    def measure(contestant: Contestant, number: int) -> Iterator[tuple[Where, Values]]:
        seen.append(f"{number}{contestant.name}")
        yield {}, {"x": 1.0}

    for number in range(3):
        run([Task("figure", [A, B, C], [{}], measure)], number, Results({}), print)
    assert seen == ["0a", "0b", "0c", "1b", "1c", "1a", "2c", "2a", "2b"]


def test_what_fails_is_noted_and_the_others_go_on() -> None:
    cells: list[Where] = [{"n": 1}, {"n": 2}, {"n": 3}]

    def measure(contestant: Contestant, _: int) -> Iterator[tuple[Where, Values | str]]:
        yield {"n": 1}, "too much"
        yield {"n": 2}, {"x": 1.0}
        if contestant is A:
            raise RuntimeError("it broke")
        yield {"n": 3}, {"x": 2.0}

    results = Results({})
    run([Task("figure", [A, B], cells, measure)], 0, results, print)
    found = {(cell.server, cell.where["n"]): cell.values or cell.failed for cell in results.all()}
    assert found == {
        ("a", 1): ["too much"],
        ("a", 2): {"x": [1.0]},
        ("a", 3): ["it broke"],
        ("b", 1): ["too much"],
        ("b", 2): {"x": [1.0]},
        ("b", 3): {"x": [2.0]},
    }
