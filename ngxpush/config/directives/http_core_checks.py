"""What nginx checks when a server or the http block is complete: addresses, names, locations, variables."""

from __future__ import annotations

from collections.abc import Callable

from ..analysis import Scope
from ..configuration import LocationMatch
from ..http_block import HttpBlock, ListenPlace
from ..modules_order import checks
from ..text import shown
from ..wildcards import Wildcards
from ..words import Refused, Words
from .listen import DEFAULT_ADDRESS, ListenArguments, add_listen
from .table import Context


def close_server(words: Words, server: Scope) -> None:
    """A server without `listen` listens on nginx's default address."""
    if server.own("listen") is None:
        add_listen(words.http, server, ListenArguments(DEFAULT_ADDRESS))


def check_http(words: Words, http: Scope) -> None:
    """What the core checks when it merges its own settings."""
    for server in servers(http):
        buffers = server.effective("large_client_header_buffers")
        pool = server.effective("connection_pool_size")
        least = 512 if pool is None or not pool.value else pool.value
        if buffers is not None and buffers.value and buffers.value[1] < least:
            words.report(
                "emerg",
                'the "large_client_header_buffers" size must be equal to or greater than "connection_pool_size"',
                fatal=True,
            )


def servers(http: Scope) -> list[Scope]:
    return [scope for scope in http.scopes if scope.context is Context.SERVER]
