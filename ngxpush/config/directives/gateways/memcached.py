"""The memcached module: answers taken from a memcached server."""

from __future__ import annotations

from ...columns import unsupported
from ...directive import Directive, DirectiveUse
from ...module import Module
from ...places import HTTP_SERVER_LOCATION
from ...slots import number
from .rows import CONNECTION_ROWS, next_upstream_row, pass_row, prefixed
from .slots import Pass, PassTarget

_NOT_HERE = unsupported("ngxpush does not speak to memcached: the location answers 502.")


class MemcachedPass:
    """`host:port`, without variables; the key is `$memcached_key`, which the configuration has to set."""

    description = "address"

    def parse(self, use: DirectiveUse) -> PassTarget:
        target = Pass({}, variables=False).parse(use)
        use.refer(b"memcached_key")
        return target


_OWN = (
    pass_row(MemcachedPass(), "The memcached server answers are taken from."),
    Directive("gzip_flag", HTTP_SERVER_LOCATION, number(), "The flag of compressed items."),
    next_upstream_row("error timeout invalid_response not_found off"),
)

_DIRECTIVES = prefixed("memcached", _OWN, CONNECTION_ROWS)

MODULE = Module("memcached", _DIRECTIVES, emulation=_NOT_HERE)
