"""The place in a file where the words of a statement are written."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache

from ..config.analysis import Analysis
from ..config.tree import Position, Statement

# nginx reads these two characters as one; any other backslash is a character of its own (`config.reader`).
_CHARACTER = re.compile(rb"""\\[\\"'nrt]|.""", re.DOTALL)
_NEEDS_ESCAPE = re.compile(rb"""[\\"'\n\r\t]""")


def argument_place(analysis: Analysis, statement: Statement, index: int) -> tuple[Position, int]:
    """Where an argument (0: the first) begins and how many bytes it has in the file, quotes included."""
    _, length = place_in_argument(analysis, statement, index, 0, len(statement.arguments[index]))
    return statement.positions[index + 1], length + 2 * statement.quoted[index + 1]


def place_in_argument(analysis: Analysis, statement: Statement, index: int, start: int, end: int) -> tuple[Position, int]:
    """Where the bytes `start` up to `end` of an argument's value stand in the file, and how many bytes they take there."""
    first = statement.positions[index + 1]
    opening = int(statement.quoted[index + 1])
    if _NEEDS_ESCAPE.search(statement.arguments[index], 0, end) is None:
        return Position(first.file, first.line, first.column + opening + start), end - start
    content = analysis.files[first.file]
    lines = line_starts(content)
    begin = lines[first.line - 1] + first.column - 1 + opening
    characters = _CHARACTER.finditer(content, begin)
    offsets = [next(characters).start() for _ in range(end)]
    offsets.append(next(characters).start())
    line = bisect_right(lines, offsets[start])
    return Position(first.file, line, offsets[start] - lines[line - 1] + 1), offsets[end] - offsets[start]


@lru_cache(maxsize=16)
def line_starts(content: bytes) -> list[int]:
    """The offset of each line's first byte."""
    return [0, *(newline.end() for newline in re.finditer(b"\n", content))]
