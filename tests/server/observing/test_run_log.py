"""The request log of a run, from its begin to its end."""

from __future__ import annotations

import os
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from ngxpush.push.operations import ZoneAway
from ngxpush.server.logs.log_files import STDERR
from ngxpush.server.observing.observed import Observed
from ngxpush.server.observing.patient_writer import PatientWriter
from ngxpush.server.observing.run_log import RunLog, coloured
from ngxpush.server.zone.coming import ComingZone
from tests.patience import PATIENCE
from tests.push.fakes import AbsentZone, publish, worker

from .observers import ENDED, PUBLISHED


class _Worker:
    """A worker that is observed."""

    def __init__(self) -> None:
        self.observed = Observed()
        self.waiting: list[Callable[[], None]] = []
        self.loop: Any = SimpleNamespace(call_later=lambda seconds, callback: self.waiting.append(callback))
        self.engine: Any = SimpleNamespace(worker=worker())

    def observe(self, observer: Any) -> Observed:
        self.observed.observers.append(observer)
        return self.observed


@pytest.mark.parametrize(
    ("form", "out", "err"),
    [("compact", "", "POST /pub?id=a"), ("nginx", "POST /pub?id=a", ""), ("json", '"event":"request"', "")],
)
def test_where_lines_go(capfd: pytest.CaptureFixture[str], form: str, out: str, err: str) -> None:
    serving: Any = _Worker()
    stderr = PatientWriter(STDERR)
    log = RunLog(form, stderr)
    with log, log.beside(serving):
        serving.observed.observers[0].request_ended(PUBLISHED)
    stderr.close(PATIENCE)
    written = capfd.readouterr()
    assert (out in written.out, err in written.err, bool(written.out), bool(written.err)) == (True, True, bool(out), bool(err))


def test_the_last_word() -> None:
    """The numbers of all workers that follow one another."""
    log = RunLog("compact", PatientWriter(STDERR))
    with log:
        for deliveries in (0, 1):
            serving: Any = _Worker()
            with log.beside(serving):
                publish(serving.engine.worker, b"a", b"x")
                serving.observed.tally.requests += 1
                serving.observed.tally.deliveries += deliveries
    words, _, duration = log.last_word.rpartition(", ")
    assert words == "stopped: 2 requests, 1 message published, 1 delivery"
    assert duration.endswith(" ms")


def test_of_channels_elsewhere_the_last_word_counts_what_was_published_here() -> None:
    serving: Any = _Worker()
    serving.engine.worker.zone = AbsentZone(ZoneAway("away"))
    log = RunLog("compact", PatientWriter(STDERR))
    with log, log.beside(serving):
        serving.observed.tally.published = 2
    assert log.last_word.startswith("stopped: 0 requests, 2 messages published, ")


def test_a_request_that_outlasts_its_worker_is_logged(capfd: pytest.CaptureFixture[str]) -> None:
    log = RunLog("json", PatientWriter(STDERR))
    serving: Any = _Worker()
    with log:
        with log.beside(serving):
            pass
        serving.observed.observers[0].request_ended(ENDED)
        serving.waiting.pop()()
    assert '"event":"request"' in capfd.readouterr().out


def test_the_last_word_of_a_worker_that_never_served() -> None:
    serving: Any = _Worker()
    serving.engine.worker.zone = ComingZone()
    log = RunLog("json", PatientWriter(STDERR))
    with log, log.beside(serving):
        pass
    assert log.last_word.startswith("stopped: 0 requests, 0 messages published, 0 deliveries, ")


@pytest.mark.parametrize(
    ("environment", "expected"), [({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True), ({"TERM": "dumb"}, False)]
)
def test_colours(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], expected: bool) -> None:
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    master, terminal = os.openpty()
    reading, writing = os.pipe()
    assert (coloured(terminal), coloured(writing)) == (expected, False)
    for descriptor in (master, terminal, reading, writing):
        os.close(descriptor)
