"""What `ngxpush explain` hears of a request on its way through the phases.

The look-ups, the rewrite script and the phases say what they decide, and where the configuration says so, with `note`: the one
place where it is asked whether someone records. The requests of a server have no recorder.
"""

from __future__ import annotations

import enum
from typing import Protocol

from ..config.pattern import Pattern
from ..config.text import shown
from ..config.tree import Statement

Groups = tuple[bytes | None, ...]
"""What a regular expression matched: all of it, then each group."""

Fact = bytes | str | int | Pattern | tuple[Groups | None, Pattern] | None
"""What a note speaks of; the tuple is what a pattern has just matched."""


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
    """Whoever wants to know."""

    def note(self, phase: Phase, text: str, statement: Statement | None = None) -> None:
        """Something was decided.

        text: the outcome, without its subject where that is `statement`: `is the longest prefix`, `true`.
        """


class Recorded(Protocol):
    """A request, as far as notes are concerned."""

    @property
    def recorder(self) -> Recorder | None: ...


def note(request: Recorded, phase: Phase, statement: Statement | None, text: str, *facts: Fact) -> None:
    """Report a decision to the request's recorder, if it has one.

    text: with `{}` for each fact; it is made only when someone records.  A fact in bytes is a value and is quoted; of a match
    comes what its groups have set.
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
    """A value of a request in a note."""
    return f'"{shown(text or b"")}"'
