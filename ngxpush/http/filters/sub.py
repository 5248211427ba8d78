"""The sub filter: texts of the body are replaced (sub_filter). Recordings: sub-filter-*.

A text may lie across two pieces of the body, so the end of a piece may be held back, exactly as in nginx: the chunks that the
client sees depend on it.
"""

from __future__ import annotations

import re
from typing import ClassVar

from msgspec import Struct

from ...config.complex_value import ComplexValue
from ...config.configuration import Location
from ...config.directives.filters.sub import SubLocation
from ..body_output import Output
from ..etag import clear_etag, weaken_etag
from ..request import Request
from ..status import OK
from ..variables.evaluation import evaluate


class SoughtText(Struct, frozen=True):
    """A text in lower case, and its replacement, which is evaluated when the text is first found."""

    source: bytes
    replacement: ComplexValue


class Substitutions:
    """The body filter. once: each rule replaces only the first occurrence of its text."""

    __slots__ = ("_kept", "_once", "_output", "_pattern", "_replacements", "_rules", "_shifts", "_window")

    takes_empty: ClassVar[bool] = True
    reads: ClassVar[bool] = True

    def __init__(self, output: Output, rules: list[SoughtText], once: bool) -> None:
        self._output = output
        self._once = once
        self._rules: list[SoughtText] = rules
        self._replacements: dict[bytes, bytes] = {}
        self._kept = b""
        # nginx searches with a window as long as the shortest text, and moves it by the byte at its end.
        self._window = min(len(rule.source) for rule in rules)
        self._shifts: dict[int, int] = {}
        for rule in rules:
            for place, byte in enumerate(rule.source[: self._window]):
                self._shifts[byte] = min(self._shifts.get(byte, self._window), self._window - 1 - place)
        self._pattern = _any_of(rules)

    def feed(self, data: bytes, flush: bool, last: bool) -> bytes:
        """Replace in what is kept of the last piece and in this one. Nothing is kept of a push message.

        A flush without data does not free what is kept: nginx does not look at its bytes again.
        """
        if not data and not last:
            return b""
        data = self._kept + data
        self._kept = b""
        if not self._rules:
            return data
        replaced: list[bytes] = []
        position = 0
        ends_here = last or self._output.whole_pieces
        while self._rules and (found := self._pattern.search(data, position)) is not None:
            if not ends_here and self._may_become_another(data, position, found):
                break
            replaced += (data[position : found.start()], self._replace(found[0].lower()))
            position = found.end()
        rest = data[position:]
        if self._rules and not ends_here:
            end = self._half_found(rest) if flush else self._looked_at(rest)
            rest, self._kept = rest[:end], rest[end:]
        replaced.append(rest)
        return b"".join(replaced)

    def _may_become_another(self, data: bytes, position: int, found: re.Match[bytes]) -> bool:
        """Whether another text, which begins earlier or is preferred at the same place, may go on after the end of `data`."""
        first = max(position, len(data) - max(len(rule.source) for rule in self._rules) + 1)
        for start in range(first, found.start() + 1):
            beginning = data[start:].lower()
            for rule in self._rules:
                if start == found.start() and beginning.startswith(rule.source):
                    return False
                if rule.source.startswith(beginning):
                    return True
        return False

    def _replace(self, found: bytes) -> bytes:
        rule = next(rule for rule in self._rules if found == rule.source)
        if self._once:
            self._rules = [other for other in self._rules if other is not rule]
            if self._rules:
                self._pattern = _any_of(self._rules)
        replacement = self._replacements.get(rule.source)
        if replacement is None:
            replacement = self._replacements[rule.source] = evaluate(self._output.request, rule.replacement)
        return replacement

    def _looked_at(self, data: bytes) -> int:
        """How many bytes of `data`, in which nothing was found, the window has passed."""
        end = self._window - 1
        lowered = data.lower()
        while end < len(data):
            shift = self._shifts.get(lowered[end], self._window)
            if not shift and self._begins(lowered[end - self._window + 1 :]):
                break
            end += shift or 1
        return min(end - self._window + 1, len(data))

    def _half_found(self, data: bytes) -> int:
        """The offset at which one of the texts begins that does not end within `data`."""
        lowered = data.lower()
        longest = max(len(rule.source) for rule in self._rules)
        for start in range(max(0, len(data) - longest + 1), len(data)):
            if self._begins(lowered[start:]):
                return start
        return len(data)

    def _begins(self, lowered: bytes) -> bool:
        """Whether one of the texts begins with these bytes."""
        return any(rule.source.startswith(lowered) for rule in self._rules)


def _any_of(rules: list[SoughtText]) -> re.Pattern[bytes]:
    """A pattern for the leftmost of the texts, in any letter case. At one place the first rule is preferred."""
    return re.compile(b"|".join(re.escape(rule.source) for rule in rules), re.IGNORECASE)


def concerns(location: Location) -> bool:
    """Whether the location replaces texts."""
    return bool(location.of(SubLocation).sub_filter)


def filter_header(request: Request, output: Output) -> int:
    """Replace in answers of the types of sub_filter_types. Their length is then unknown."""
    settings = request.location.of(SubLocation)
    response = request.response
    if not settings.sub_filter or response.content_length == 0 or not response.has_type(settings.sub_filter_types):
        return OK
    texts = [(evaluate(request, one.source).lower(), one.replacement) for one in settings.sub_filter]
    rules = [SoughtText(source, replacement) for source, replacement in texts if source]
    if not rules:
        return OK
    output.body_filters.append(Substitutions(output, rules, settings.sub_filter_once))
    if request.parent is None:
        response.content_length = None
        if settings.sub_filter_last_modified:
            weaken_etag(request)
        else:
            response.clear_last_modified()
            clear_etag(request)
    return OK
