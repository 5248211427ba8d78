"""The userid module: cookies that identify clients."""

from __future__ import annotations

from msgspec import Struct

from ... import values
from ...columns import Arguments
from ...directive import Directive, DirectiveUse, RefusedDirective
from ...module import Module
from ...places import HTTP_SERVER_LOCATION
from ...slots import Choices, Enum, String, number


class UseridExpiresSlot:
    """A time, `max` or `off`."""

    description = "time"

    def parse(self, use: DirectiveUse) -> int | bytes:
        text = use.arguments[0]
        if text in (b"max", b"off"):
            return text
        time = values.parse_seconds(text)
        if time is None:
            raise use.invalid_value()
        return time


class Mark:
    """One letter, digit or `=`, or `off`."""

    description = "character"

    def parse(self, use: DirectiveUse) -> bytes:
        text = use.arguments[0]
        if text != b"off" and not (len(text) == 1 and (text.isalnum() or text == b"=")):
            raise RefusedDirective(f'"{use.name}" directive value must be "off" or a single letter, digit or "="')
        return text


_MODES = {mode: mode for mode in (b"off", b"log", b"v1", b"on")}
FLAGS = (b"secure", b"httponly", b"samesite=strict", b"samesite=lax", b"samesite=none")
"""The flags of a cookie, in the order in which they are sent."""

_FLAGS = {flag: flag for flag in (b"off", *FLAGS)}


class UseridLocation(Struct, frozen=True):
    """What a location holds. userid: `off`, `log`, `v1` or `on`.  userid_service: None for the server's address.

    userid_expires: seconds, `max` or `off`.  userid_domain, userid_p3p: `none` and empty stand for no line.
    userid_mark: a character, or `off`.
    """

    userid: bytes = b"off"
    userid_service: int | None = None
    userid_name: bytes = b"uid"
    userid_domain: bytes = b""
    userid_path: bytes = b"/"
    userid_expires: int | bytes = b"off"
    userid_flags: frozenset[bytes] = frozenset()
    userid_p3p: bytes = b""
    userid_mark: bytes = b"off"


MODULE = Module(
    "userid",
    (
        Directive("userid", HTTP_SERVER_LOCATION, Enum(_MODES), "Whether cookies are set, only logged, or ignored."),
        Directive("userid_service", HTTP_SERVER_LOCATION, number(), "The number of the server that sets the cookie."),
        Directive("userid_name", HTTP_SERVER_LOCATION, String(), "The name of the cookie."),
        Directive("userid_domain", HTTP_SERVER_LOCATION, String(), "The domain of the cookie."),
        Directive("userid_path", HTTP_SERVER_LOCATION, String(), "The path of the cookie."),
        Directive("userid_expires", HTTP_SERVER_LOCATION, UseridExpiresSlot(), "How long the browser keeps the cookie."),
        Directive("userid_flags", HTTP_SERVER_LOCATION, Choices(_FLAGS), "The flags of the cookie.", Arguments(1, 3), once=False),
        Directive("userid_p3p", HTTP_SERVER_LOCATION, String(), "The P3P header that is sent with the cookie."),
        Directive("userid_mark", HTTP_SERVER_LOCATION, Mark(), "A mark in the cookie; a cookie without it is sent again."),
    ),
    location=UseridLocation,
)
