"""The auth_request module: a subrequest decides whether a request may pass."""

from __future__ import annotations

from dataclasses import dataclass

from ..complex_value import ComplexValue
from ..words import Words
from .rows import rows_of
from .table import Arguments, Module


@dataclass(frozen=True, slots=True)
class AuthRequestVariable:
    """A variable that gets its value when the subrequest has been answered."""

    name: bytes
    value: ComplexValue


@dataclass(frozen=True, slots=True)
class AuthRequestLocation:
    """auth_request: the URI of the subrequest; None where there is none."""

    auth_request: bytes | None = None
    auth_request_set: tuple[AuthRequestVariable, ...] = ()


class Uri:
    """A URI, or `off`: None."""

    description = "URI"

    def parse(self, words: Words) -> bytes | None:
        return None if words.arguments[0] == b"off" else words.arguments[0]


class SetVariable:
    """`$variable value`."""

    description = "variable and complex value"

    def parse(self, words: Words) -> AuthRequestVariable:
        name = words.variable_name(words.arguments[0])
        words.define(name)
        return AuthRequestVariable(name.lower(), words.complex_value(words.arguments[1]))


_row = rows_of("auth_request", AuthRequestLocation)

MODULES = (
    Module(
        "auth_request",
        (
            _row("auth_request", Uri(), "The URI whose answer decides whether a request may pass."),
            _row("auth_request_set", SetVariable(), "A variable set from that answer.", Arguments(2, 2), once=False),
        ),
        guards=True,
        location=AuthRequestLocation,
    ),
)
