"""The blocks of the lua module hold Lua, not directives: here they are emptied before nginx's syntax is looked at."""

from __future__ import annotations

import re

_BLOCK = b"_by_lua_block"

# Comments and quoted strings of nginx, in which a block's name means nothing; or the head of a block, as far as its brace.
_HEAD = re.compile(rb"""\#[^\n]*|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|(?P<head>\b\w+_by_lua_block\b[^;{}]*\{)""", re.DOTALL)

# What may hold braces that are no Lua braces: comments and strings, long and short; or a brace.
_LUA = re.compile(
    rb"""
    (?:--)?\[(?P<level>=*)\[.*?\](?P=level)\]
    | --[^\n]*
    | "(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*'
    | (?P<brace>[{}])
    """,
    re.VERBOSE | re.DOTALL,
)
_TEXT = re.compile(rb"[^\n]")


def without_lua(source: bytes) -> bytes:
    """A configuration file with blanks for the Lua in its `…_by_lua_block { … }`; lines and columns stay what they are."""
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
    """Where the brace stands that closes the Lua beginning at `start`; the end of the file when none does."""
    depth = 1
    for thing in _LUA.finditer(source, start):
        if thing["brace"] is not None:
            depth += 1 if thing["brace"] == b"{" else -1
            if not depth:
                return thing.start()
    return len(source)
