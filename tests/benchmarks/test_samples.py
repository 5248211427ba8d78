"""The file of results."""

from __future__ import annotations

from pathlib import Path

from benchmarks.samples import Results, Sample, read


def results(server: str, *values: float, figure: str = "publish") -> Results:
    """A run with one cell."""
    found = Results({"date": server, "versions": {server: "1"}})
    for value in values:
        found.add(Sample(figure, server, {"size": 100}, {"server_us": value}))
    return found


def test_rounds_come_together() -> None:
    [cell] = results("ngxpush", 3.0, 1.0, 2.0).all()
    assert cell.values == {"server_us": [3.0, 1.0, 2.0]}
    assert cell.median("server_us") == 2.0
    assert cell.median("own_us") is None


def test_a_file_holds_all(tmp_path: Path) -> None:
    file = tmp_path / "results.json"
    before = results("ngxpush", 1.23456789, 20000.0)
    before.add(Sample("publish", "nchan", {"size": 100}, failed="it broke"))
    before.write(file)
    after = read(file)
    assert after.about == before.about
    assert [(cell.server, cell.values, cell.failed) for cell in after.all()] == [
        ("ngxpush", {"server_us": [1.235, 20000.0]}, []),
        ("nchan", {}, ["it broke"]),
    ]


def test_a_later_run_replaces_the_same() -> None:
    whole = results("ngxpush", 1.0)
    whole.replace(results("nchan", 2.0))
    whole.replace(results("ngxpush", 3.0, figure="lint"))
    whole.replace(results("ngxpush", 4.0))
    assert [(cell.figure, cell.server, cell.values["server_us"]) for cell in whole.all()] == [
        ("publish", "ngxpush", [4.0]),
        ("publish", "nchan", [2.0]),
        ("lint", "ngxpush", [3.0]),
    ]
    assert whole.about == {"date": "ngxpush", "versions": {"ngxpush": "1", "nchan": "1"}}
