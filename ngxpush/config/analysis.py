"""The result of the analyzer: scopes with typed settings, and the diagnostics."""

from __future__ import annotations

from msgspec import Struct, field

from .cycle import CreatePath, CreatePidFile, MapMemory, OpenLog
from .directive import Scope
from .path_map import PathMap
from .tree import Position, Statement


class Diagnostic(Struct, frozen=True):
    """One message as nginx prints it: `[level] message in file:line`.

    level: as nginx names it: emerg, alert, crit, error, warn, notice, info.  fatal: nginx stops here and its test fails.
    position: None for messages nginx prints without a place.
    statement: the directive at fault, if it is a single one (the linter shows its excerpt).
    """

    level: str
    message: str
    position: Position | None = None
    fatal: bool = True
    statement: Statement | None = None


StartStep = CreatePidFile | CreatePath | OpenLog | MapMemory | Diagnostic
"""A step that nginx takes once the syntax is good. The outer ring performs it; a Diagnostic is an error known already."""


class Analysis(Struct, eq=False):
    """The scopes of a whole configuration, and the diagnostics in the order nginx would meet them.

    nginx prints the diagnostics up to and including the first fatal one. The linter shows all.
    prefix: the directory relative paths start from, with its slash.
    steps: what nginx does, in its order, after it has said `syntax is ok`. A fatal Diagnostic among them ends the test.
    left_out: directives of third-party modules, where those are not to be errors.
    named: the full paths of the files that directives name, perhaps with variables, each with the name of a directive.
    paths: where they are on this machine.
    files: the bytes of every file read, once each, in order (for `nginx -T` and for excerpts).
    """

    root: Scope
    prefix: bytes = b""
    diagnostics: list[Diagnostic] = field(default_factory=list)
    steps: list[StartStep] = field(default_factory=list)
    left_out: list[Statement] = field(default_factory=list)
    named: dict[bytes, str] = field(default_factory=dict)
    paths: PathMap = PathMap()
    files: dict[str, bytes] = field(default_factory=dict)

    @property
    def fatal(self) -> Diagnostic | None:
        """The diagnostic at which nginx stops, if there is one."""
        return next((diagnostic for diagnostic in self.diagnostics if diagnostic.fatal), None)
