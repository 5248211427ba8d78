"""The blocks of the lua module contain Lua, not directives. They are emptied here before the file is parsed."""

from __future__ import annotations

import re

_BLOCK = b"_by_lua_block"

# A comment or a quoted string of nginx, in which a block's name means nothing; or the head of a block, up to its brace.
_HEAD = re.compile(rb"""\#[^\n]*|"(?:[^"\\]++|\\.)*+"|'(?:[^'\\]++|\\.)*+'|(?P<head>\b\w+_by_lua_block\b[^;{}]*\{)""", re.DOTALL)

# What may contain braces that are not Lua's own: comments and strings, long and short; or a brace.
_LUA = re.compile(
    rb"""
    (?:--)?\[(?P<level>=*)\[.*?\](?P=level)\]
    | --[^\n]*
    | "(?:[^"\\\n]++|\\.)*+" | '(?:[^'\\\n]++|\\.)*+'
    | (?P<brace>[{}])
    """,
    re.VERBOSE | re.DOTALL,
)
_TEXT = re.compile(rb"[^\n]")


def without_lua(source: bytes) -> bytes:
    """A configuration file with blanks in place of the Lua in its `…_by_lua_block { … }`. Lines and columns are unchanged."""
    if _BLOCK not in source:
        return source
    pieces: list[bytes] = []
    position = 0
    while head := _HEAD.search(source, position):
        pieces.append(source[position : head.end()])
        position = head.end()
        if head["head"] is not None:
            end = _end_of_lua(source, position)
            pieces.append(_TEXT.sub(b" ", source[position:end]))
            position = end
    return b"".join([*pieces, source[position:]])


def _end_of_lua(source: bytes, start: int) -> int:
    """The offset of the brace that closes the Lua beginning at `start`; the end of the file where none does."""
    depth = 1
    for thing in _LUA.finditer(source, start):
        if thing["brace"] is not None:
            depth += 1 if thing["brace"] == b"{" else -1
            if not depth:
                return thing.start()
    return len(source)
