"""What is recorded while a request is served."""

from __future__ import annotations

from msgspec import Struct, field

from ..config.tree import Statement
from ..http.recorder import Phase


class Note(Struct, frozen=True):
    """A decision: its phase, its outcome, and the directive that made it."""

    phase: Phase
    text: str
    statement: Statement | None = None


class Asked(Struct, frozen=True):
    """Something the zone was asked for: the operation (`publish`, `subscribe`, `delete`, …) and the channels it named.

    backtracks: how many old messages of each channel a subscriber wants; None where it names no number.
    """

    operation: str
    channels: tuple[bytes, ...]
    backtracks: tuple[int | None, ...] = ()


class Trace(Struct, eq=False):
    """Everything about one request; it is the request's `http.recorder.Recorder`.

    variables: name → value (None: not found) of those that were evaluated, in that order.  asked: of the zone.
    logged: the lines for the error log, (level, message).
    """

    notes: list[Note] = field(default_factory=list)
    variables: dict[bytes, bytes | None] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    logged: list[tuple[str, str]] = field(default_factory=list)

    def note(self, phase: Phase, text: str, statement: Statement | None = None) -> None:
        """See http.recorder.Recorder."""
        self.notes.append(Note(phase, text, statement))
