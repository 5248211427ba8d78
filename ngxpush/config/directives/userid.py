"""The userid module: cookies that tell clients apart."""

from __future__ import annotations

from .. import values
from ..slots import Choices, Enum, String, number
from ..words import Refused, Words
from .rows import rows_of
from .table import Arguments, Module, unsupported


class Expires:
    """A time, `max` or `off`."""

    description = "time"

    def parse(self, words: Words) -> int | bytes:
        text = words.arguments[0]
        if text in (b"max", b"off"):
            return text
        time = values.parse_seconds(text)
        if time is None:
            raise words.invalid_value()
        return time


class Mark:
    """One letter, digit or `=`, or `off`."""

    description = "character"

    def parse(self, words: Words) -> bytes:
        text = words.arguments[0]
        if text != b"off" and not (len(text) == 1 and (text.isalnum() or text == b"=")):
            raise Refused(f'"{words.name}" directive value must be "off" or a single letter, digit or "="')
        return text


_MODES = {mode: mode for mode in (b"off", b"log", b"v1", b"on")}
_FLAGS = {flag: flag for flag in (b"off", b"secure", b"httponly", b"samesite=strict", b"samesite=lax", b"samesite=none")}
_row = rows_of("userid", emulation=unsupported("The cookies are neither set nor read."))

MODULES = (
    Module(
        "userid",
        (
            _row("userid", Enum(_MODES), "Whether cookies are set, only logged, or neither."),
            _row("userid_service", number(), "The number of the server that set the cookie."),
            _row("userid_name", String(), "The cookie's name."),
            _row("userid_domain", String(), "The cookie's domain."),
            _row("userid_path", String(), "The cookie's path."),
            _row("userid_expires", Expires(), "How long the browser keeps the cookie."),
            _row("userid_flags", Choices(_FLAGS), "The cookie's flags.", Arguments(1, 3), once=False),
            _row("userid_p3p", String(), "The P3P header sent with the cookie."),
            _row("userid_mark", Mark(), "A mark that makes cookies be set again."),
        ),
    ),
)
