"""The request log of `ngxpush run`, from its first line to the word at the end."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from ...push.local_zone import LocalZone
from ...push.operations import Summary
from ..logs.log_files import STDERR
from ..processes.worker import Worker
from .combined_lines import CombinedLines
from .compact_lines import CompactLines
from .json_lines import JsonLines
from .patient_writer import PatientWriter
from .request_log import Lines, RequestLog
from .words import counted, lasting

STDOUT = 1

# Seconds for which lines are gathered: a write, and the thread that does it, cost more than some lines.
_PAUSE = 0.03

# Seconds that the end waits for a terminal to take the last lines.
_LAST_LINES = 1.0


def coloured(descriptor: int) -> bool:
    """Whether lines for this descriptor are coloured: a terminal takes them, and no one has asked for none (no-color.org)."""
    return os.isatty(descriptor) and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _to(form: str) -> tuple[int, Lines]:
    """Where the lines of a form go, and what makes them. A program reads standard output, which has nothing else."""
    if form == "compact":
        return STDERR, CompactLines(coloured(STDERR))
    return STDOUT, CombinedLines() if form == "nginx" else JsonLines()


class RunLog:
    """The log of one run. form: `compact`, `nginx` or `json`.  last_word: what was done, once it has ended."""

    def __init__(self, form: str) -> None:
        self._descriptor, self._lines = _to(form)
        self._began = time.monotonic()
        self.last_word = "stopped"

    @contextmanager
    def beside(self, worker: Worker) -> Iterator[None]:
        """Log the worker's requests while the block lasts."""
        writer = PatientWriter(self._descriptor)
        log = RequestLog(self._lines, partial(worker.loop.call_later, _PAUSE), writer.write)
        worker.observe(log)
        try:
            yield
        finally:
            log.flush()
            writer.close(_LAST_LINES)
            self.last_word = "stopped: " + ", ".join([*_totals(worker), lasting(time.monotonic() - self._began)])


def _totals(worker: Worker) -> Iterator[str]:
    observed = worker.observed
    assert observed is not None
    yield counted(observed.requests, "request")
    if hasattr(worker, "engine") and isinstance(worker.engine.worker.zone, LocalZone):
        totals = worker.engine.worker.zone.do_at_once(Summary())
        yield counted(totals.published_messages, "message") + " published"
    yield counted(observed.deliveries, "delivery")
