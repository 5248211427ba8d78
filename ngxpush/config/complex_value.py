"""Complex values: text with variables in it, taken apart once when the configuration is compiled.

nginx calls a directive's argument a complex value when it may hold `$name` or `${name}`.  `$1` to `$9` are the captures of
the last regular expression that ran; there is no `$10`: it is `$1` followed by a zero.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Variable:
    """A reference to the variable `name` (lower case, as nginx keeps names)."""

    name: bytes


@dataclass(frozen=True, slots=True)
class Capture:
    """A reference to `$1` … `$9`."""

    number: int


Part = bytes | Variable | Capture


@dataclass(frozen=True, slots=True)
class ComplexValue:
    """The parts of a value in order. `text` is the argument as it stands in the file."""

    text: bytes
    parts: tuple[Part, ...]

    @property
    def constant(self) -> bytes | None:
        """The value, when it holds no variable; None when it has to be evaluated for each request."""
        if all(isinstance(part, bytes) for part in self.parts):
            return b"".join(part for part in self.parts if isinstance(part, bytes))
        return None


class InvalidVariableName(ValueError):
    """A `$` that no name follows, or a `${` without its brace. The words are nginx's."""
