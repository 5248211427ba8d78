"""Complex values: texts with variables, parsed once when the configuration is read.

nginx calls a directive's argument a complex value when it may hold `$name` or `${name}`.  `$1` to `$9` are the captures of
the last regular expression that matched; there is no `$10`: it is `$1` followed by a zero.
"""

from __future__ import annotations

import re

from msgspec import Struct


class Variable(Struct, frozen=True):
    """A reference to the variable `name` (lower case, as nginx keeps names)."""

    name: bytes


class Capture(Struct, frozen=True):
    """A reference to `$1` … `$9`."""

    number: int


Part = bytes | Variable | Capture


class ComplexValue(Struct, frozen=True):
    """The parts of a value in order. `text` is the argument as it stands in the file."""

    text: bytes
    parts: tuple[Part, ...]

    @property
    def constant(self) -> bytes | None:
        """The value, when it holds no variable; None when it has to be evaluated for each request."""
        if len(self.parts) == 1:  # no generator where a request asks
            part = self.parts[0]
            return part if isinstance(part, bytes) else None
        if all(isinstance(part, bytes) for part in self.parts):
            return b"".join(part for part in self.parts if isinstance(part, bytes))
        return None

    @property
    def variables(self) -> tuple[bytes, ...]:
        """The names of the variables it refers to, in order."""
        return tuple(part.name for part in self.parts if isinstance(part, Variable))

    @property
    def captures(self) -> tuple[int, ...]:
        """The numbers of the captures it refers to, in order."""
        return tuple(part.number for part in self.parts if isinstance(part, Capture))


class InvalidVariableName(ValueError):
    """A `$` without a name after it, or a `${` without its closing brace. The message is nginx's."""


# A piece of literal text, or one reference. What nginx refuses is matched too, so that the message can quote it.
_PIECE = re.compile(
    rb"(?P<literal>[^$]+)|\$(?:(?P<capture>[1-9])|\{(?P<braced>[A-Za-z0-9_]*)(?P<brace>\}?)|(?P<name>[A-Za-z0-9_]*))"
)


def parse_complex_value(text: bytes) -> ComplexValue:
    """Parse `text`. Raises InvalidVariableName."""
    if b"$" not in text:
        return ComplexValue(text, (text,) if text else ())
    parts: list[Part] = []
    for piece in _PIECE.finditer(text):
        if piece["literal"] is not None:
            parts.append(piece["literal"])
        elif piece["capture"] is not None:
            parts.append(Capture(int(piece["capture"])))
        else:
            parts.append(Variable(_variable_name(piece, text).lower()))
    return ComplexValue(text, tuple(parts))


def _variable_name(piece: re.Match[bytes], text: bytes) -> bytes:
    """The name in a reference, as written. nginx looks for the closing brace before it looks at the name."""
    braced: bytes | None = piece["braced"]
    if braced is None:
        name: bytes = piece["name"]
    else:
        name = braced
        ends_after_brace = not braced and piece.end() == len(text)
        if not piece["brace"] and not ends_after_brace:
            shown = braced.decode("ascii")
            raise InvalidVariableName(f'the closing bracket in "{shown}" variable is missing')
    if not name:
        raise InvalidVariableName("invalid variable name")
    return name
