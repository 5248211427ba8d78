"""The gzip module: compressed answers."""

from __future__ import annotations

from msgspec import Struct

from ...columns import ANY, Arguments, accepted
from ...directive import Directive, DirectiveUse, RefusedDirective
from ...module import Module
from ...pattern import Pattern
from ...places import ALSO_IN_IF, HTTP_SERVER_LOCATION
from ...slots import Choices, Enum, Flag, NumberAndSize, between, number, size
from ...text import shown
from ..http.hashes import check_types

# Version 6 is meant only without its service pack.
_MSIE6 = b"(?-i:MSIE (?:[45]|6(?!.*SV1))\\.)"


class GzipLocation(Struct, frozen=True):
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
    """Content types besides text/html; `*` stands for all."""

    description = "content types"

    def parse(self, use: DirectiveUse) -> frozenset[bytes]:
        earlier = use.scope.own(use.name)  # it has those before it, too
        types = {b"text/html"} if earlier is None else set(earlier.value)
        for argument in use.arguments:
            given = argument.lower()
            if b"*" in types:
                break
            if given in types:
                use.report("warn", f'duplicate MIME type "{shown(given)}"')
            types.add(given)
        return frozenset(types)


class DisableSlot:
    """Patterns of user agents. `msie6` stands for a pattern of nginx; `degradation` has no effect."""

    description = "patterns"

    def parse(self, use: DirectiveUse) -> tuple[Pattern, ...]:
        names = [_MSIE6 if argument == b"msie6" else argument for argument in use.arguments if argument != b"degradation"]
        return tuple(use.pattern(name, caseless=True) for name in names)


_PROXIED = {
    name.encode(): name
    for name in ("off", "expired", "no-cache", "no-store", "private", "no_last_modified", "no_etag", "auth", "any")
}
_VERSIONS = {b"1.0": 1000, b"1.1": 1001}
_MEMORY = accepted("zlib manages its memory itself.")


_WINDOWS = "512, 1k, 2k, 4k, 8k, 16k, or 32k"
_HASHES = "512, 1k, 2k, 4k, 8k, 16k, 32k, 64k, or 128k"


class PowerOfTwo(Struct, frozen=True):
    """A window or hash size."""

    most: int
    choices: str
    description: str = "size"

    def parse(self, use: DirectiveUse) -> int:
        value = size().parse(use)
        if value & (value - 1) or not 512 <= value <= self.most:
            raise RefusedDirective(f'"{use.name}" directive must be {self.choices}')
        return value


MODULE = Module(
    "gzip",
    (
        Directive("gzip", ALSO_IN_IF, Flag(), "Whether answers are compressed."),
        Directive("gzip_comp_level", HTTP_SERVER_LOCATION, number(between(1, 9)), "The level of compression."),
        Directive("gzip_min_length", HTTP_SERVER_LOCATION, size(), "The least length of answers that are compressed."),
        Directive(
            "gzip_types",
            HTTP_SERVER_LOCATION,
            TypesSlot(),
            "The content types that are compressed, besides text/html.",
            ANY,
            once=False,
        ),
        Directive(
            "gzip_vary", HTTP_SERVER_LOCATION, Flag(), "Whether answers that may be compressed have `Vary: Accept-Encoding`."
        ),
        Directive(
            "gzip_http_version",
            HTTP_SERVER_LOCATION,
            Enum(_VERSIONS),
            "The least HTTP version of requests whose answers are compressed.",
        ),
        Directive(
            "gzip_disable",
            HTTP_SERVER_LOCATION,
            DisableSlot(),
            "The user agents whose answers are not compressed.",
            ANY,
            once=False,
        ),
        Directive(
            "gzip_proxied",
            HTTP_SERVER_LOCATION,
            Choices(_PROXIED),
            "When answers to proxied requests are compressed.",
            ANY,
            once=False,
        ),
        Directive(
            "gzip_buffers",
            HTTP_SERVER_LOCATION,
            NumberAndSize(),
            "The number and size of buffers for compression.",
            Arguments(2, 2),
            emulation=_MEMORY,
        ),
        Directive(
            "gzip_window",
            HTTP_SERVER_LOCATION,
            PowerOfTwo(32768, _WINDOWS),
            "The size of the compression window.",
            emulation=_MEMORY,
        ),
        Directive(
            "gzip_hash",
            HTTP_SERVER_LOCATION,
            PowerOfTwo(131072, _HASHES),
            "The size of the compressor's hash table.",
            emulation=_MEMORY,
        ),
        Directive(
            "postpone_gzipping",
            HTTP_SERVER_LOCATION,
            size(),
            "How many bytes are collected before compression begins.",
            emulation=_MEMORY,
        ),
        Directive("gzip_no_buffer", HTTP_SERVER_LOCATION, Flag(), "Whether compressed data is sent at once.", emulation=_MEMORY),
    ),
    checks=(check_types("gzip_types"),),
    location=GzipLocation,
)
