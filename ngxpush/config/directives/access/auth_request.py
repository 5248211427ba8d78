"""The auth_request module: a subrequest decides whether a request may pass."""

from __future__ import annotations

from msgspec import Struct

from ...columns import Arguments
from ...complex_value import ComplexValue
from ...directive import Directive, DirectiveUse
from ...module import Module
from ...places import HTTP_SERVER_LOCATION


class AuthRequestVariable(Struct, frozen=True):
    """A variable that gets its value when the answer to the subrequest is there."""

    name: bytes
    value: ComplexValue


class AuthRequestLocation(Struct, frozen=True):
    """auth_request: the URI of the subrequest; None where there is none."""

    auth_request: bytes | None = None
    auth_request_set: tuple[AuthRequestVariable, ...] = ()


class Uri:
    """A URI, or `off`: None."""

    description = "URI"

    def parse(self, use: DirectiveUse) -> bytes | None:
        return None if use.arguments[0] == b"off" else use.arguments[0]


class AuthRequestSetSlot:
    """`$variable value`."""

    description = "variable and complex value"

    def parse(self, use: DirectiveUse) -> AuthRequestVariable:
        name = use.variable_name(use.arguments[0])
        use.define(name)
        return AuthRequestVariable(name.lower(), use.complex_value(use.arguments[1]))


MODULE = Module(
    "auth_request",
    (
        Directive(
            "auth_request", HTTP_SERVER_LOCATION, Uri(), "The URI of the subrequest whose answer grants or refuses access."
        ),
        Directive(
            "auth_request_set",
            HTTP_SERVER_LOCATION,
            AuthRequestSetSlot(),
            "A variable that is set when the subrequest is done, and its value.",
            Arguments(2, 2),
            once=False,
            defines=True,
        ),
    ),
    guards=True,
    location=AuthRequestLocation,
    optional=True,
)
