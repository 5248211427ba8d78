"""What the analyzer makes of the directive tree: scopes with typed settings, and everything there is to complain about."""

from __future__ import annotations

from dataclasses import dataclass, field

from .cycle import CreatePath, CreatePidFile, OpenLog
from .directive import Scope
from .tree import Position, Statement


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One message as nginx prints it: `[level] message in file:line`.

    level: nginx's: emerg, alert, crit, error, warn, notice, info.  fatal: nginx stops here and the test fails.
    position: None for messages nginx prints without a place.
    statement: what it is about, when it is about one directive (the linter shows its excerpt).
    """

    level: str
    message: str
    position: Position | None = None
    fatal: bool = True
    statement: Statement | None = None


StartStep = CreatePidFile | CreatePath | OpenLog | Diagnostic
"""What nginx does after it has found the syntax good: data for the outer ring; a Diagnostic is an error it meets by itself."""


@dataclass(slots=True, eq=False)
class Analysis:
    """The whole: scopes of the main file, and the diagnostics in the order nginx would meet them.

    nginx prints the diagnostics up to and including the first fatal one; the linter shows all.
    prefix: the directory relative paths start from, with its slash.
    steps: what nginx does once it has said `syntax is ok`, in its order; a fatal Diagnostic among them ends the test.
    left_out: directives of third-party modules, where those are not to be errors.
    files: every file read, in order and once, with its bytes (for `nginx -T` and for excerpts).
    """

    root: Scope
    prefix: bytes = b""
    diagnostics: list[Diagnostic] = field(default_factory=list)
    steps: list[StartStep] = field(default_factory=list)
    left_out: list[Statement] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)

    @property
    def fatal(self) -> Diagnostic | None:
        """The diagnostic at which nginx gives the file up, if any."""
        return next((diagnostic for diagnostic in self.diagnostics if diagnostic.fatal), None)
