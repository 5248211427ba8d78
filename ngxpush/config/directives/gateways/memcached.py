"""The memcached module: answers taken from a memcached server."""

from __future__ import annotations

from typing import ClassVar

from ...directive import Directive, DirectiveUse
from ...module import Module
from ...places import HTTP_SERVER_LOCATION
from ...slots import Choices, number
from .location import GatewayLocation
from .rows import CONNECTION_ROWS, next_upstream_row, pass_row, prefixed
from .slots import Pass, PassTarget


class MemcachedLocation(GatewayLocation, frozen=True):
    """What a location holds of the memcached module after inheritance. Items are passed on as they come."""

    reads_body: ClassVar[bool] = False
    intercepts_not_found: ClassVar[bool] = True

    buffering: bool = False
    force_ranges: bool = True

    # Bits; 0 if flags are not looked at.
    gzip_flag: int = 0


class MemcachedPass:
    """`host:port`, without variables; the key is `$memcached_key`, which the configuration has to set."""

    description = "address"

    def parse(self, use: DirectiveUse) -> PassTarget:
        target = Pass({}, variables=False).parse(use)
        use.refer(b"memcached_key")
        return target


_ERRORS = Choices(
    {
        b"error": "error",
        b"timeout": "timeout",
        b"invalid_response": "invalid_header",
        b"not_found": "http_404",
        b"off": "off",
    }
)
"""The names of errors, and those that the other modules have for them."""

_OWN = (
    pass_row(MemcachedPass(), "The memcached server answers are taken from.", "memcached"),
    Directive("gzip_flag", HTTP_SERVER_LOCATION, number(), "The flag of compressed items."),
    next_upstream_row(_ERRORS),
)

_DIRECTIVES = prefixed("memcached", _OWN, CONNECTION_ROWS)

MODULE = Module("memcached", _DIRECTIVES, prefix="memcached_", location=MemcachedLocation)
