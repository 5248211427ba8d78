"""nginx's own messages as findings: what it refuses, and what it warns of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from ..config.analysis import Analysis, Diagnostic
from ..config.text import shown, unshown
from ..config.third_party import module_of
from ..config.tree import Position, Statement
from .advice import advice
from .encoding import without_mark, wrong_encoding
from .finding import Finding, Level
from .partial_file import PartialFile, may_be_set_elsewhere, note
from .source import argument_place
from .template import place_to_fill_in

NGINX = "nginx"
"""The code of findings that are nginx's own messages."""

_REFUSED = "nginx does not start with this file, and at a reload it keeps the old configuration."
_WARNED = "nginx accepts the file, and repeats this warning each time it reads it."
_TEMPLATE = "nginx reads what is made from it; errors may be due to what is not filled in yet."
_ELSEWHERE = "It may be set in the configuration that includes this file; otherwise nginx refuses that."

_QUOTED = re.compile(r'"([^"]*)"')
_UNKNOWN_VARIABLE = re.compile(r'unknown "(\w+)" variable')
_VARIABLE = re.compile(rb"\$\{?(\w+)")
_UNBALANCED = re.compile(r'unexpected end of file|unexpected "[^;{]"|.* is not terminated by ";"$')
"""What nginx says when there is a brace or a quote too few or too many."""
_STRUCTURAL = re.compile(
    r'unexpected (?!";")|.*(directive is not allowed here|has no opening "\{"|is not terminated by ";")$|'
    r'location ".*" (is outside|cannot be inside)|unknown (directive|"\w+" variable)'
)
"""What nginx says, because of that, also of correct lines: they seem to stand in the wrong block."""


def verdict(analysis: Analysis, path: str, part: PartialFile | None = None) -> list[Finding]:
    """All of nginx's messages about the configuration whose main file is `path`: errors and warnings.

    Notes say so where the file looks like a template, and where `part`, what is to be checked, was only recognised as a part.
    """
    users = _Users(analysis)
    found = [
        _finding(analysis, users, diagnostic, path, part)
        for diagnostic in _without_consequences(_diagnostics(analysis))
        if (diagnostic.fatal or diagnostic.level == "warn") and missing_module(diagnostic) is None
    ]
    if part is not None and not part.given:
        found.append(note(part, NGINX))
    return [*found, *_template_notes(analysis, found)]


def _template_notes(analysis: Analysis, found: list[Finding]) -> Iterator[Finding]:
    """A note in each file with errors that has places to fill in."""
    for file in dict.fromkeys(finding.position.file for finding in found if finding.level is Level.ERROR):
        place = place_to_fill_in(analysis.files, file)
        if place is not None:
            text, position = place
            message = f"this looks like a template, with places to fill in: {_printable(text)}"
            yield Finding(NGINX, Level.INFO, position, message, _TEMPLATE, "check what is made from it", len(unshown(text)))


def _diagnostics(analysis: Analysis) -> list[Diagnostic]:
    """What nginx says while it reads the files and, unless something in the main block was not understood, what it says after."""
    if analysis.root.uncertain:
        return analysis.diagnostics
    return [*analysis.diagnostics, *(step for step in analysis.steps if isinstance(step, Diagnostic))]


def _without_consequences(diagnostics: list[Diagnostic]) -> Iterator[Diagnostic]:
    """Leave out what may only follow from a missing brace or quote: nginx's first message about it is enough."""
    unbalanced = any(_UNBALANCED.match(diagnostic.message) for diagnostic in diagnostics)
    first = True
    for diagnostic in diagnostics:
        if unbalanced and diagnostic.fatal and _STRUCTURAL.match(diagnostic.message):
            if not first:
                continue
            first = False
        elif _has_swallowed_lines(diagnostic):
            first = False
        yield diagnostic


def _has_swallowed_lines(diagnostic: Diagnostic) -> bool:
    """Whether a directive has too many arguments because its `;` or `{` is missing."""
    statement = diagnostic.statement
    too_many = statement is not None and diagnostic.message.startswith("invalid number of arguments")
    return too_many and statement is not None and statement.end.line > statement.start.line


def _finding(analysis: Analysis, users: _Users, diagnostic: Diagnostic, path: str, part: PartialFile | None) -> Finding:
    position, length = _place(analysis, users, diagnostic, path if part is None else part.path)
    level, why = (Level.ERROR, _REFUSED) if diagnostic.fatal else (Level.WARNING, _WARNED)
    if part is not None and may_be_set_elsewhere(part, diagnostic):
        level, why = Level.INFO, _ELSEWHERE
    said = wrong_encoding(analysis, diagnostic) or advice(analysis, diagnostic)
    message, instead = (_printable(text) for text in (diagnostic.message, said))
    return Finding(NGINX, level, position, message, why, instead, length, without_mark(diagnostic))


def _printable(text: str) -> str:
    """The text with what is not UTF-8 replaced: output for programs can't hold it."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def missing_module(diagnostic: Diagnostic) -> str | None:
    """The third-party module for lack of which a directive is unknown. PS902 reports it: some nginx may have that module."""
    statement = diagnostic.statement
    if statement is None or not diagnostic.message.startswith("unknown directive"):
        return None
    return module_of(statement.name.decode("latin-1"))


def _place(analysis: Analysis, users: _Users, diagnostic: Diagnostic, path: str) -> tuple[Position, int]:
    """The word the message is about: an argument it quotes, the only argument of a bad value, else the directive's name."""
    statement = diagnostic.statement
    if statement is None:
        return diagnostic.position or Position(path, 1), 1
    variable = _UNKNOWN_VARIABLE.fullmatch(diagnostic.message)
    if variable is not None:
        name = variable[1].encode().lower()
        statement = users.first(name) or statement
        quoted = {argument for argument in statement.arguments if name in _mentioned(argument)}
    else:
        words = set(_QUOTED.findall(diagnostic.message))
        if statement.start.file not in analysis.files:  # the block that is made around a part
            statement = users.naming(words) or statement
        quoted = {argument for argument in statement.arguments if shown(argument) in words}
        if not quoted and diagnostic.message.endswith("invalid value") and len(statement.arguments) == 1:
            quoted = set(statement.arguments)
    for index, argument in enumerate(statement.arguments):
        if argument in quoted and statement.positions[index + 1].file in analysis.files:
            return argument_place(analysis, statement, index)
    if statement.start.file not in analysis.files:
        return Position(path, 1), 1
    return statement.start, len(statement.name)


class _Users:
    """Which directive uses a variable, or a name that others define, first."""

    def __init__(self, analysis: Analysis) -> None:
        self._analysis = analysis

    def first(self, variable: bytes) -> Statement | None:
        """The first directive that uses a variable, whose name is in lower case; None if none does."""
        return self._statements.get(variable)

    def naming(self, words: set[str]) -> Statement | None:
        """The first directive with one of these words as an argument, and one as its name."""
        for scope in self._analysis.root.walk():
            for setting in scope.settings:
                if setting.directive.name in words and any(shown(each) in words for each in setting.statement.arguments):
                    return setting.statement
        return None

    @cached_property
    def _statements(self) -> dict[bytes, Statement]:
        found: dict[bytes, Statement] = {}
        for scope in self._analysis.root.walk():
            for setting in scope.settings:
                for argument in setting.statement.arguments:
                    for name in _mentioned(argument):
                        found.setdefault(name, setting.statement)
        return found


def _mentioned(argument: bytes) -> set[bytes]:
    """The names of the variables in an argument, in lower case."""
    return {name.lower() for name in _VARIABLE.findall(argument)} if b"$" in argument else set()
