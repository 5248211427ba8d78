"""The gzip module: compressed answers."""

from __future__ import annotations

from dataclasses import dataclass

from ..pattern import Pattern
from ..slots import Buffers, Choices, Enum, Flag, between, number, size
from ..text import shown
from ..words import Refused, Words
from .hashes import check_types
from .table import ANY, FLAG, HTTP_SERVER_LOCATION, Arguments, Context, Directive, Module, Slot, accepted

# Version 6 counts without its service pack only.
_MSIE6 = b"(?-i:MSIE (?:[45]|6(?!.*SV1))\\.)"


@dataclass(frozen=True, slots=True)
class GzipLocation:
    """What a location says of compression. gzip_http_version: 1000 or 1001."""

    gzip: bool = False
    gzip_comp_level: int = 1
    gzip_min_length: int = 20
    gzip_types: frozenset[bytes] = frozenset({b"text/html"})
    gzip_vary: bool = False
    gzip_http_version: int = 1001
    gzip_disable: tuple[Pattern, ...] = ()
    gzip_proxied: frozenset[str] = frozenset({"off"})


class TypesSlot:
    """Content types besides text/html; `*` is all."""

    description = "content types"

    def parse(self, words: Words) -> frozenset[bytes]:
        types = {b"text/html"}
        for earlier in words.scope.all(words.name):
            types |= earlier.value or set()
        for argument in words.arguments:
            given = argument.lower()
            if b"*" in types:
                break
            if given in types:
                words.report("warn", f'duplicate MIME type "{shown(given)}"')
            types.add(given)
        return frozenset(types)


class DisableSlot:
    """Patterns of user agents; `msie6` is nginx's own, `degradation` of no effect."""

    description = "patterns"

    def parse(self, words: Words) -> tuple[Pattern, ...]:
        names = [_MSIE6 if argument == b"msie6" else argument for argument in words.arguments if argument != b"degradation"]
        return tuple(words.pattern(name, caseless=True) for name in names)


_PROXIED = {
    name.encode(): name
    for name in ("off", "expired", "no-cache", "no-store", "private", "no_last_modified", "no_etag", "auth", "any")
}
_VERSIONS = {b"1.0": 1000, b"1.1": 1001}
_MEMORY = accepted("zlib looks after its memory itself.")


def _row(
    name: str,
    slot: Slot,
    default: object,
    summary: str,
    arguments: Arguments = Arguments(),
    also: Context = Context(0),
    once: bool = True,
) -> Directive:
    contexts = HTTP_SERVER_LOCATION | also
    return Directive(name, "gzip", contexts, slot, arguments, field=name, default=default, once=once, summary=summary)


_WINDOWS = "512, 1k, 2k, 4k, 8k, 16k, or 32k"
_HASHES = "512, 1k, 2k, 4k, 8k, 16k, 32k, 64k, or 128k"


@dataclass(frozen=True, slots=True)
class PowerOfTwo:
    """A window or hash size."""

    most: int
    choices: str
    description: str = "size"

    def parse(self, words: Words) -> int:
        value = size().parse(words)
        if value & (value - 1) or not 512 <= value <= self.most:
            raise Refused(f'"{words.name}" directive must be {self.choices}')
        return value


MODULES = (
    Module(
        "gzip",
        (
            _row("gzip", Flag(), False, "Whether answers are compressed.", FLAG, Context.LOCATION_IF),
            _row("gzip_comp_level", number(between(1, 9)), 1, "How much."),
            _row("gzip_min_length", size(), 20, "The shortest answer that is."),
            _row("gzip_types", TypesSlot(), GzipLocation().gzip_types, "Of which types.", ANY, once=False),
            _row("gzip_vary", Flag(), False, "Whether Vary tells of it.", FLAG),
            _row("gzip_http_version", Enum(_VERSIONS), 1001, "From which version of HTTP on."),
            _row("gzip_disable", DisableSlot(), (), "For which browsers not.", ANY, once=False),
            _row("gzip_proxied", Choices(_PROXIED), GzipLocation().gzip_proxied, "For which proxied requests.", ANY, once=False),
            Directive(
                "gzip_buffers", "gzip", HTTP_SERVER_LOCATION, Buffers(), Arguments(2, 2), emulation=_MEMORY, summary="Buffers."
            ),
            Directive(
                "gzip_window",
                "gzip",
                HTTP_SERVER_LOCATION,
                PowerOfTwo(32768, _WINDOWS),
                emulation=_MEMORY,
                summary="zlib's window.",
            ),
            Directive(
                "gzip_hash", "gzip", HTTP_SERVER_LOCATION, PowerOfTwo(131072, _HASHES), emulation=_MEMORY, summary="zlib's table."
            ),
            Directive("postpone_gzipping", "gzip", HTTP_SERVER_LOCATION, size(), emulation=_MEMORY, summary="When zlib begins."),
            Directive(
                "gzip_no_buffer", "gzip", HTTP_SERVER_LOCATION, Flag(), FLAG, emulation=_MEMORY, summary="Whether zlib may wait."
            ),
        ),
        checks=(check_types("gzip_types"),),
        location=GzipLocation,
    ),
)
