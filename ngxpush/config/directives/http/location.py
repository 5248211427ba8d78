"""`location`: how it is chosen, and which locations may stand inside which."""

from __future__ import annotations

from msgspec import Struct

from ...directive import DirectiveUse, RefusedDirective
from ...pattern import Pattern
from ...places import Context, LocationMatch
from ...text import shown

_MODIFIERS = {
    b"=": LocationMatch.EXACT,
    b"^~": LocationMatch.PREFIX_NO_REGEX,
    b"~": LocationMatch.REGEX,
    b"~*": LocationMatch.REGEX,
}


class LocationArguments(Struct, frozen=True):
    """The arguments of a location. name: the name without modifier, the text of the pattern, or a name with its `@`."""

    match: LocationMatch
    name: bytes
    pattern: Pattern | None = None

    @property
    def named(self) -> bool:
        return self.match is LocationMatch.NAMED


class LocationSlot:
    """`[modifier] name`, with or without a blank between them."""

    description = "modifier and name"

    def parse(self, use: DirectiveUse) -> LocationArguments:
        if len(use.arguments) == 2:
            modifier, name = use.arguments
            if modifier not in _MODIFIERS:
                raise RefusedDirective(f'invalid location modifier "{shown(modifier)}"')
        else:
            modifier, name = self._split(use.arguments[0])
        location = self._arguments(use, modifier, name)
        if use.scope.context & Context.LOCATION:
            self._check_nested(location, use.scope.value)
        return location

    @staticmethod
    def _split(text: bytes) -> tuple[bytes, bytes]:
        for modifier in (b"=", b"^~", b"~*", b"~"):
            if text.startswith(modifier):
                return modifier, text[len(modifier) :]
        return b"", text

    @staticmethod
    def _arguments(use: DirectiveUse, modifier: bytes, name: bytes) -> LocationArguments:
        if not modifier:
            match = LocationMatch.NAMED if name.startswith(b"@") else LocationMatch.PREFIX
            return LocationArguments(match, name)
        match = _MODIFIERS[modifier]
        if match is LocationMatch.REGEX:
            return LocationArguments(match, name, use.pattern(name, caseless=modifier == b"~*"))
        return LocationArguments(match, name)

    @staticmethod
    def _check_nested(location: LocationArguments, outer: LocationArguments | None) -> None:
        if outer is None:
            return
        name, around = shown(location.name), shown(outer.name)
        if outer.match is LocationMatch.EXACT:
            raise RefusedDirective(f'location "{name}" cannot be inside the exact location "{around}"')
        if outer.named:
            raise RefusedDirective(f'location "{name}" cannot be inside the named location "{around}"')
        if location.named:
            raise RefusedDirective(f'named location "{name}" can be on the server level only')
        if location.pattern is None and not location.name.startswith(outer.name):
            raise RefusedDirective(f'location "{name}" is outside location "{around}"')
