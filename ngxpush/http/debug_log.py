"""The debug log: what is decided about a request (`recorder`), as lines of the error log.

nginx's own lines at this level are about its memory, its buffers and its events, which are others here. Who reads a debug log
looks for why a request was answered so: these lines say it in the words of `ngxpush explain`.
"""

from __future__ import annotations

from ..config.text import shown
from ..config.tree import Statement
from .recorder import Phase
from .request import Request


class DebugLog:
    """Writes the notes about a request and its subrequests to the error log; it is their `recorder.Recorder`."""

    __slots__ = ("_request",)

    def __init__(self, request: Request) -> None:
        self._request = request

    def note(self, phase: Phase, text: str, statement: Statement | None = None) -> None:
        """See recorder.Recorder."""
        subject = "" if statement is None else shown(b" ".join((statement.name, *statement.arguments))) + ": "
        line = f"http {phase.value}: {subject}{text}"
        self._request.connection.log("debug", line.encode(errors="surrogateescape"), self._request)
