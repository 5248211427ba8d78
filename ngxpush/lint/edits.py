"""Rewrites of source text that `--fix` may make."""

from __future__ import annotations

from ..config.analysis import Analysis
from ..config.tree import Position, Statement
from .finding import Edit


def replace_statement(analysis: Analysis, statement: Statement, replacement: str | None) -> Edit | None:
    """The edit that replaces a directive, up to its `;`, by `replacement`.

    `{}` in the replacement stands for all its arguments and `{1}` for those from the second on, as they are written in the file,
    quotes included.  None removes the directive with its `;`, and its line when nothing else is on it.  Returns None where the
    text of the directive can't be found.
    """
    content = analysis.files.get(statement.start.file)
    if content is None or statement.block is not None or statement.end.file != statement.start.file:
        return None
    start, end = offset(content, statement.start), offset(content, statement.end)
    if content[end : end + 1] != b";":
        return None
    if replacement is None:
        start, end = _whole_line(content, start, end + 1)
        return Edit(statement.start.file, start, end, b"")
    text = replacement.encode()
    for mark, first in ((b"{1}", 2), (b"{}", 1)):
        if mark in text:
            words = (
                content[offset(content, statement.positions[first]) : end].rstrip() if first < len(statement.positions) else b""
            )
            text = text.replace(mark, words)
    return Edit(statement.start.file, start, end, text)


def _whole_line(content: bytes, start: int, end: int) -> tuple[int, int]:
    """From the beginning of the line to that of the next, when there are only blanks around `start` and `end`."""
    before = content.rfind(b"\n", 0, start) + 1
    after = content.find(b"\n", end) + 1
    alone = after > 0 and not content[before:start].strip() and not content[end:after].strip()
    return (before, after) if alone else (start, end)


def offset(content: bytes, position: Position) -> int:
    """The offset in `content` of a line and column."""
    start = 0
    for _ in range(position.line - 1):
        start = content.index(b"\n", start) + 1
    return start + position.column - 1


def apply_edits(content: bytes, edits: list[Edit]) -> bytes:
    """The content after all edits; of two that overlap only the first is made."""
    result, done = [], 0
    for edit in sorted(edits, key=lambda edit: edit.start):
        if edit.start >= done:
            result += [content[done : edit.start], edit.replacement]
            done = edit.end
    return b"".join([*result, content[done:]])
