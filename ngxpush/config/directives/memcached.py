"""The memcached module: answers taken from a memcached server."""

from __future__ import annotations

from ..slots import number
from ..words import Words
from .gateway import connection_rows, pass_row, row_maker
from .gateway_slots import Pass, Target
from .table import Module, unsupported

_NOT_HERE = unsupported("memcached servers are not spoken to: the location answers 502.")
_row = row_maker("memcached", None, _NOT_HERE)


class MemcachedPass:
    """`host:port`, without variables; the key is `$memcached_key`, which the configuration has to set."""

    description = "address"

    def parse(self, words: Words) -> Target:
        target = Pass({}, variables=False).parse(words)
        words.refer(b"memcached_key")
        return target


_DIRECTIVES = (
    pass_row(_row, MemcachedPass(), "The memcached server answers are taken from."),
    _row("gzip_flag", number(), "The flag of items that are compressed."),
    *connection_rows(_row, "error timeout invalid_response not_found off"),
)

MODULES = (Module("memcached", _DIRECTIVES),)
