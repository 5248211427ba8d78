"""The blocks whose settings nginx merges, for the checks that nginx makes at that time."""

from __future__ import annotations

from ...directive import Scope
from ...http_block import HttpBlock
from ...places import Context

_MERGED = Context.SERVER | Context.LOCATION | Context.LOCATION_IF | Context.LIMIT_EXCEPT


def merged_scopes(http: Scope) -> list[Scope]:
    """The servers and locations of a complete http block, in the order nginx merges their settings."""
    block = http.value
    assert isinstance(block, HttpBlock)
    if not block.merged:
        block.merged = [scope for scope in http.walk() if scope.context & _MERGED]
    return block.merged


def used_inside(http: Scope) -> set[str]:
    """The directives that are used in those blocks."""
    block = http.value
    assert isinstance(block, HttpBlock)
    if not block.used:
        block.used = {name for scope in merged_scopes(http) for name in scope.names}
    return block.used
