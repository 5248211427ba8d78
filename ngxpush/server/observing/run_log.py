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
from .observed import Tally
from .patient_writer import PatientWriter
from .request_log import Lines, RequestLog
from .words import counted, lasting

STDOUT = 1

# Seconds for which lines are gathered: a write, and the thread that does it, cost more than some lines.
_PAUSE = 0.03

# Seconds that the end waits for a terminal to take the last lines.
LAST_LINES = 1.0


def coloured(descriptor: int) -> bool:
    """Whether lines for this descriptor are coloured: a terminal takes them, and no one has asked for none (no-color.org)."""
    return os.isatty(descriptor) and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _lines(form: str) -> Lines:
    """What makes the lines of a form."""
    if form == "compact":
        return CompactLines(coloured(STDERR))
    return CombinedLines() if form == "nginx" else JsonLines()


class RunLog:
    """The log of one run, in which one worker may follow another. form: `compact`, `nginx` or `json`.

    stderr: writes to standard error, also what else is said. Programs read standard output, which has nothing but the log.
    It is entered before the first worker begins, and left after the last one has ended.
    """

    def __init__(self, form: str, stderr: PatientWriter) -> None:
        self._stdout = PatientWriter(STDOUT)
        self._write = (stderr if form == "compact" else self._stdout).write
        self._lines = _lines(form)
        self._began = time.monotonic()
        self._tally = Tally()
        self._published = 0

    def __enter__(self) -> None:
        """The thread that writes begins with the first line."""

    def __exit__(self, *_: object) -> None:
        self._stdout.close(LAST_LINES)

    @contextmanager
    def beside(self, worker: Worker) -> Iterator[None]:
        """Log the requests of a worker, also those that end after the block."""
        log = RequestLog(self._lines, partial(worker.loop.call_later, _PAUSE), self._write)
        worker.observe(log).tally = self._tally
        try:
            yield
        finally:
            log.flush()
            zone = worker.engine.worker.zone
            if isinstance(zone, LocalZone):
                self._published = zone.do_at_once(Summary()).published_messages
            else:  # others publish to it, too; or it has never come
                self._published = self._tally.published

    @property
    def last_word(self) -> str:
        """What was done so far."""
        requests, deliveries = counted(self._tally.requests, "request"), counted(self._tally.deliveries, "delivery")
        published, duration = counted(self._published, "message"), lasting(time.monotonic() - self._began)
        return f"stopped: {requests}, {published} published, {deliveries}, {duration}"
