"""Where `$1` to `$9` are used, and which regular expression they belong to there.

A request has one set of captures. Each regular expression of a location, an `if` or a `rewrite` that matches replaces all of them
by its own groups (where it has fewer, the rest are empty); one of an `if` or `rewrite` that does not match leaves all empty. A
regular expression of a map replaces them when it matches. Named groups are variables and keep their values.
Recording core-location/captures-after-if.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from ..config.complex_value import ComplexValue, Variable
from ..config.directive import Scope, Setting
from ..config.directives.http.location import LocationArguments
from ..config.directives.push_stream.settings import PUSH_STREAM
from ..config.mapping import Map, VariableDefinition
from ..config.pattern import Pattern
from ..config.script import Matches, Return, Rewrite, RewriteFlag
from .patterns import beginning
from .subject import Subject, complex_values

_MODULE = "rewrite"
_CAPTURE = re.compile(rb"\$[1-9]")


class Use(Struct, frozen=True):
    """A variable or capture in an argument.

    name: without its `$`, the digit of a capture.  index: of the argument.  start, length: of the reference in its value.
    before: the variables that stand before it.
    """

    setting: Setting
    name: bytes
    index: int
    start: int
    length: int
    before: frozenset[bytes]

    @property
    def number(self) -> int:
        """The number of a capture."""
        return int(self.name)


class Taken(Struct, frozen=True):
    """The captures belong to the pattern of `by`, which has `groups` groups.

    sure: False where a map replaces them only if one of its regular expressions matches.
    """

    by: Setting
    groups: int
    sure: bool = True


def capture_uses(setting: Setting) -> Iterator[Use]:
    """The captures a directive refers to, in order."""
    if any(_CAPTURE.search(argument) for argument in setting.statement.arguments):
        yield from (use for use in uses(setting) if use.name.isdigit())


def uses(setting: Setting) -> Iterator[Use]:
    """The variables and captures a directive refers to, in order."""
    for value in complex_values(setting):
        index, start = _place(setting, value)
        before: set[bytes] = set()
        for part in value.parts:
            if isinstance(part, bytes):
                start += len(part)
                continue
            name = part.name if isinstance(part, Variable) else b"%d" % part.number
            braced = setting.statement.arguments[index][start + 1 : start + 2] == b"{"
            length = len(name) + (3 if braced else 1)
            yield Use(setting, name, index, start, length, frozenset(before))
            start += length
            if isinstance(part, Variable):
                before.add(name)


def _place(setting: Setting, value: ComplexValue) -> tuple[int, int]:
    """The index of the argument that holds a value, and where the value begins in it."""
    arguments = setting.statement.arguments
    index = next((index for index, argument in enumerate(arguments) if value.text in argument), len(arguments) - 1)
    return index, max(arguments[index].find(value.text), 0)


def own_pattern(setting: Setting) -> Pattern | None:
    """The regular expression the captures in a directive belong to: of rewrite, proxy_redirect, proxy_cookie_domain …"""
    value = setting.value
    if not isinstance(value, Struct) or isinstance(value, Matches | LocationArguments):
        return None
    parts = (getattr(value, name) for name in value.__struct_fields__)
    return next((part for part in parts if isinstance(part, Pattern)), None)


def patterns_in(setting: Setting) -> Iterator[Pattern]:
    """The regular expressions a directive may run: of an `if`, a rewrite, a map, a server's names …"""
    if not any(b"(" in argument for argument in setting.statement.arguments) and not setting.statement.block:
        return  # no group that could capture anything
    value, own = setting.value, own_pattern(setting)
    if isinstance(value, Matches):
        yield value.pattern
    elif own is not None:
        yield own
    elif isinstance(value, VariableDefinition):
        yield from (pattern for pattern, _ in value.values.patterns) if isinstance(value.values, Map) else ()
    elif setting.directive.name == "server_name" and value:
        yield from (name.pattern for name in value if name.pattern is not None)


def maps_with_patterns(subject: Subject) -> frozenset[bytes]:
    """The variables whose map may run a regular expression."""
    definitions = [setting.value for _, setting in subject.settings("map") if isinstance(setting.value, VariableDefinition)]
    maps = {definition.name: definition.values for definition in definitions if isinstance(definition.values, Map)}
    found = {name for name, known in maps.items() if known.patterns}
    # A map may ask another one.
    more = {name for name, known in maps.items() if found.intersection(known.source.variables)}
    return frozenset(found | more)


class Script:
    """Goes through the rewrite steps of a location, to find uses of captures that are no longer those of its own pattern.

    maps: the variables whose evaluation may run a regular expression.  lost: the uses found, each with what has the captures.
    """

    def __init__(self, maps: frozenset[bytes]) -> None:
        self._maps = maps
        self.lost: list[tuple[Use, Taken]] = []

    def run(self, location: Scope) -> None:
        """Go through the steps; `lost` is filled."""
        later, taken = self._run(location, None)
        self._note_later(location, later, taken)

    def _run(self, scope: Scope, taken: Taken | None) -> tuple[list[Use], Taken | None]:
        """The uses that are evaluated after all steps, and what has the captures then."""
        later: list[Use] = []
        inside: list[tuple[Scope, list[Use], Taken | None, Taken | None]] = []
        blocks = {id(inner.statement): inner for inner in scope.scopes}
        for setting in scope.settings:
            if setting.directive.module != _MODULE:
                later += (use for use in capture_uses(setting) if own_pattern(setting) is None)
                continue
            if not isinstance(setting.value, Rewrite):
                self._note(list(capture_uses(setting)), taken)
                taken = self._asked(setting, taken)
            block = blocks.get(id(setting.statement))
            if block is not None:
                in_block, end = self._run(block, _in_block(setting, taken))
                taken = _behind_block(setting, block, taken, end)
                inside.append((block, in_block, end, taken))
            elif isinstance(setting.value, Rewrite):
                taken = Taken(setting, setting.value.pattern.groups)
            if _leaves(setting):
                return [], taken
        for block, in_block, end, then in inside:
            self._note_later(block, in_block, end if taken is then else taken)
        return later, taken

    def _asked(self, setting: Setting, taken: Taken | None) -> Taken | None:
        """What has the captures once the variables of a step are evaluated."""
        asked = {name for value in complex_values(setting) for name in value.variables}
        return taken if self._maps.isdisjoint(asked) else Taken(setting, 0, sure=False)

    def _note_later(self, scope: Scope, found: list[Use], taken: Taken | None) -> None:
        """Check what is evaluated after the script: push stream locations evaluate push_stream_allowed_origins first."""
        origins = scope.effective("push_stream_allowed_origins")
        after = taken if origins is None else self._asked(origins, taken)
        for use in found:
            first = use.setting is origins or use.setting.directive.module != PUSH_STREAM
            self._note([use], taken if first else after)

    def _note(self, found: list[Use], taken: Taken | None) -> None:
        for use in found:
            if taken is not None and use.number > taken.groups:
                self.lost.append((use, taken))
            elif not self._maps.isdisjoint(use.before):
                self.lost.append((use, Taken(use.setting, 0, sure=False)))


def _in_block(setting: Setting, taken: Taken | None) -> Taken | None:
    """What has the captures inside an `if` whose condition holds."""
    condition = setting.value
    if not isinstance(condition, Matches):
        return taken
    return Taken(setting, 0 if condition.negative else condition.pattern.groups)


def _behind_block(setting: Setting, block: Scope, taken: Taken | None, end: Taken | None) -> Taken | None:
    """What may have the captures after an `if`; after one with a regular expression it is never the location."""
    if isinstance(setting.value, Matches):
        return Taken(setting, 0)
    return taken if any(_leaves(step) for step in block.settings) else end


def _leaves(step: Setting) -> bool:
    """Whether a request always leaves the location, or its script, at this step."""
    value = step.value
    if isinstance(value, Rewrite):
        start = beginning(value.pattern)
        always = start.whole and start.literal in (b"", b"/")
        return always and (value.flag not in (RewriteFlag.NONE, RewriteFlag.BREAK) or bool(value.status))
    return isinstance(value, Return)
