"""The request log of a run, from its begin to its end."""

from __future__ import annotations

import os
from types import SimpleNamespace
from typing import Any

import pytest

from ngxpush.server.observing.observed import Observed
from ngxpush.server.observing.run_log import RunLog, coloured
from tests.push.fakes import publish, worker

from .observers import ENDED, PUBLISHED


class _Worker:
    """A worker that is observed."""

    def __init__(self) -> None:
        self.observed = Observed()
        self.loop: Any = SimpleNamespace(call_later=lambda seconds, callback: None)
        self.engine: Any = SimpleNamespace(worker=worker())

    def observe(self, observer: Any) -> None:
        self.observed.observers.append(observer)


@pytest.mark.parametrize(
    ("form", "out", "err"),
    [("compact", "", "POST /pub?id=a"), ("nginx", "POST /pub?id=a", ""), ("json", '"event":"request"', "")],
)
def test_where_lines_go(capfd: pytest.CaptureFixture[str], form: str, out: str, err: str) -> None:
    serving: Any = _Worker()
    with RunLog(form).beside(serving):
        serving.observed.observers[0].request_ended(PUBLISHED)
    written = capfd.readouterr()
    assert (out in written.out, err in written.err, bool(written.out), bool(written.err)) == (True, True, bool(out), bool(err))


def test_the_last_word(capfd: pytest.CaptureFixture[str]) -> None:
    serving: Any = _Worker()
    publish(serving.engine.worker, b"a", b"x")
    log = RunLog("compact")
    with log.beside(serving):
        serving.observed.observers[0].request_ended(ENDED)
        serving.observed.requests, serving.observed.deliveries = 3, 1
    words, _, duration = log.last_word.rpartition(", ")
    assert words == "stopped: 3 requests, 1 message published, 1 delivery"
    assert duration.endswith(" ms")


def test_the_last_word_of_a_worker_that_never_served() -> None:
    serving: Any = _Worker()
    del serving.engine
    log = RunLog("json")
    with log.beside(serving):
        pass
    assert log.last_word.startswith("stopped: 0 requests, 0 deliveries, ")


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
