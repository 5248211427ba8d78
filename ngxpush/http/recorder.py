"""What `ngxpush explain` is told of a request on its way through the phases.

The lookups, the rewrite script and the phases tell a request's recorder what they decide and where the configuration says so.
The requests of a server have none: that costs them a comparison with None.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Protocol

from ..config.text import shown
from ..config.tree import Statement

if TYPE_CHECKING:
    from ..config.pattern import Pattern
    from .request import Request


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


def captured(request: Request, pattern: Pattern) -> str:
    """What a pattern that has just matched set, as ` ($1 = "news", $name = "news")`; nothing for one without groups."""
    groups = request.captures or ()
    set_now = [f"${number} = {quoted(group)}" for number, group in enumerate(groups[1:10], 1)]
    set_now += [f"${shown(name)} = {quoted(groups[number])}" for name, number in pattern.names]
    return f" ({', '.join(set_now)})" if set_now else ""


def quoted(text: bytes | None) -> str:
    """A value of a request in a note."""
    return f'"{shown(text or b"")}"'
