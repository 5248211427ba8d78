"""`server_name`: the names of a server."""

from __future__ import annotations

from msgspec import Struct

from ...directive import DirectiveUse, RefusedDirective
from ...pattern import Pattern
from ...text import shown


class ServerName(Struct, frozen=True):
    """A name of a server. text: in lower case, perhaps with a wildcard; for a pattern, the regular expression as written."""

    text: bytes
    pattern: Pattern | None = None


class ServerNames:
    """server_name: a tuple of ServerName."""

    description = "names"

    def parse(self, use: DirectiveUse) -> tuple[ServerName, ...]:
        return tuple([self._name(use, argument) for argument in use.arguments])

    @staticmethod
    def _name(use: DirectiveUse, text: bytes) -> ServerName:
        if (text.startswith(b"*") and (len(text) < 3 or text[1:2] != b".")) or text == b".":
            raise RefusedDirective(f'server name "{shown(text)}" is invalid')
        if b"/" in text:
            use.report("warn", f'server name "{shown(text)}" has suspicious symbols')
        if text == b"$hostname":
            return ServerName(use.cycle.system.hostname().lower())
        if not text.startswith(b"~"):
            return ServerName(text.lower())
        if text == b"~":
            raise RefusedDirective(f'empty regex in server name "{shown(text)}"')
        caseless = any(65 <= byte <= 90 for byte in text)
        return ServerName(text, use.pattern(text[1:], caseless))
