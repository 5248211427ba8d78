"""The auth_basic module."""

from __future__ import annotations

from dataclasses import dataclass

from ..complex_value import ComplexValue
from ..slots import Complex
from ..words import Words
from .table import HTTP_SERVER_LOCATION, Arguments, Context, Module, settings_row


@dataclass(frozen=True, slots=True)
class AuthBasicLocation:
    """What a location holds. auth_basic: the realm, `off` for none.  auth_basic_user_file: a path."""

    auth_basic: ComplexValue | None = None
    auth_basic_user_file: ComplexValue | None = None


class UserFile:
    """A path with variables, relative to the configuration file's folder."""

    description = "path (complex value)"

    def parse(self, words: Words) -> ComplexValue:
        text = words.arguments[0]
        return words.complex_value(text if text.startswith(b"$") else words.path(text, configuration_prefix=True))


_CONTEXTS = HTTP_SERVER_LOCATION | Context.LIMIT_EXCEPT
_SETTINGS = (AuthBasicLocation, AuthBasicLocation, AuthBasicLocation)
_DIRECTIVES = (
    settings_row("auth_basic", "auth_basic", _CONTEXTS, Complex(), "Asks for a password.", Arguments(), _SETTINGS),
    settings_row("auth_basic", "auth_basic_user_file", _CONTEXTS, UserFile(), "The passwords.", Arguments(), _SETTINGS),
)

MODULES = (Module("auth_basic", _DIRECTIVES, guards=True, location=AuthBasicLocation),)
