"""Notes about a request on its way through the phases, for `ngxpush explain` and the debug log.

The look-ups, the rewrite script and the phases report with `note` what they decide, and which statement makes them do so. Only
`note` checks whether there is a recorder; most requests of a server have none.
"""

from __future__ import annotations

import enum
from typing import Protocol

from ..config.pattern import Pattern
from ..config.text import shown
from ..config.tree import Statement


class Debugging(enum.Enum):
    """Whether notes become lines of the debug log (`debug_log`)."""

    OFF = "no log takes them"
    BY_LEVEL = "some log takes lines of level debug"
    FULL = "all logs take all lines of this connection (debug_connection)"


Groups = tuple[bytes | None, ...]
"""The text a regular expression matched, then that of each group."""

Fact = bytes | str | int | Pattern | tuple[Groups | None, Pattern] | None
"""A value in a note; the tuple is what a pattern has just matched."""


class Phase(enum.Enum):
    """What a note is about, in the words of nginx."""

    SERVER = "server"
    LOCATION = "location"
    REWRITE = "rewrite"
    ACCESS = "access"
    TRY_FILES = "try_files"
    ERROR_PAGE = "error_page"
    REDIRECT = "internal redirect"
    SUBREQUEST = "subrequest"
    CONTENT = "content"


class Recorder(Protocol):
    """Receives the notes."""

    def note(self, phase: Phase, text: str, statement: Statement | None = None) -> None:
        """Record a decision.

        text: the outcome. If there is a `statement`, it is the subject of the text: `is the longest prefix`, `true`.
        """


class Recorded(Protocol):
    """A request, as far as notes are concerned."""

    @property
    def recorder(self) -> Recorder | None: ...


def note(request: Recorded, phase: Phase, statement: Statement | None, text: str, *facts: Fact) -> None:
    """Report a decision to the request's recorder, if it has one.

    text: with `{}` for each fact; it is formatted only if there is a recorder.  A fact in bytes is a value and is quoted; for a
    match the note has what its groups have set.
    """
    if request.recorder is not None:
        request.recorder.note(phase, text.format(*map(_worded, facts)), statement)


def _worded(fact: Fact) -> str:
    if isinstance(fact, str | int):
        return str(fact)
    if isinstance(fact, tuple):
        return _captured(*fact)
    return shown(fact.text) if isinstance(fact, Pattern) else quoted(fact)


def _captured(groups: Groups | None, pattern: Pattern) -> str:
    """What a pattern that has just matched set, as ` ($1 = "news", $name = "news")`; nothing for one without groups."""
    groups = groups or ()
    set_now = [f"${number} = {quoted(group)}" for number, group in enumerate(groups[1:10], 1)]
    set_now += [f"${shown(name)} = {quoted(groups[number])}" for name, number in pattern.names]
    return f" ({', '.join(set_now)})" if set_now else ""


def quoted(text: bytes | None) -> str:
    """A value of a request, as text for a note."""
    return f'"{shown(text or b"")}"'
