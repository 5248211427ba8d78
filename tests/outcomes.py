"""A plugin of pytest for `make test`: writes to a file what became of the tests (`-p tests.outcomes --outcomes FILE`)."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import msgspec
import pytest
from msgspec import Struct


class Outcomes(Struct):
    """failed: the id of a test, or of a file that can't be read → why it depends on the speed of the machine, if it says so."""

    passed: int = 0
    skipped: int = 0
    failed: dict[str, str | None] = {}


def read(path: Path) -> Outcomes:
    """What a run has written; an empty one where it has not come to its end."""
    return msgspec.json.decode(path.read_bytes(), type=Outcomes) if path.exists() else Outcomes()


class _Record:
    """Only the process that the user has started has one, not those of pytest-xdist."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._counted: Counter[str] = Counter()
        self._failed: dict[str, str | None] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self._failed[report.nodeid] = dict(report.user_properties).get("timed")  # type: ignore[arg-type]
        elif report.skipped or report.when == "call":
            self._counted[report.outcome] += 1

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self._failed[report.nodeid] = None

    def pytest_sessionfinish(self) -> None:
        counted = self._counted
        self._path.write_bytes(msgspec.json.encode(Outcomes(counted["passed"], counted["skipped"], self._failed)))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--outcomes", type=Path, required=True)


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(_Record(config.getoption("outcomes")))


def pytest_runtest_setup(item: pytest.Item) -> None:
    for mark in item.iter_markers("timed"):
        item.user_properties.append(("timed", mark.args[0]))
