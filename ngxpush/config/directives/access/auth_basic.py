"""The auth_basic module."""

from __future__ import annotations

from msgspec import Struct

from ...complex_value import ComplexValue
from ...directive import Directive, DirectiveUse
from ...module import Module
from ...places import ALSO_IN_LIMIT_EXCEPT
from ...slots import Complex


class UserFile(Struct, frozen=True):
    """A password file: a path with variables, and the directory from which a relative one starts."""

    path: ComplexValue
    directory: bytes


class AuthBasicLocation(Struct, frozen=True):
    """What a location holds. auth_basic: the realm; `off` turns it off."""

    auth_basic: ComplexValue | None = None
    auth_basic_user_file: UserFile | None = None


class UserFileSlot:
    """A path with variables, relative to the main file's directory."""

    description = "path (complex value)"

    def parse(self, use: DirectiveUse) -> UserFile:
        text = use.arguments[0]
        path = text if text.startswith(b"$") else use.path(text, configuration_prefix=True)
        return UserFile(use.complex_value(path), use.cycle.configuration_prefix)


_DIRECTIVES = (
    Directive("auth_basic", ALSO_IN_LIMIT_EXCEPT, Complex(), "Requires a user name and password; its value is the realm."),
    Directive("auth_basic_user_file", ALSO_IN_LIMIT_EXCEPT, UserFileSlot(), "The file with user names and passwords."),
)

MODULE = Module("auth_basic", _DIRECTIVES, guards=True, location=AuthBasicLocation)
