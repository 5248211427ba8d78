"""Files that an editor has saved in an encoding nginx does not read: with a byte order mark, or in UTF-16."""

from __future__ import annotations

from ..config.analysis import Analysis, Diagnostic
from ..config.text import BYTE_ORDER_MARK
from .finding import Edit

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def wrong_encoding(analysis: Analysis, diagnostic: Diagnostic) -> str:
    """What to do where the encoding of the file is why nginx refuses it; "" where it is not."""
    position = diagnostic.position
    content = b"" if position is None else analysis.files.get(position.file, b"")
    if content.startswith(_UTF_16):
        return "save the file in UTF-8, without a byte order mark: it is in UTF-16, which nginx does not read"
    if _is_about_mark(diagnostic):
        return "save the file without a byte order mark: the bytes EF BB BF before its first character, which few editors show"
    return ""


def without_mark(diagnostic: Diagnostic) -> tuple[Edit, ...]:
    """The edit that removes the byte order mark which nginx takes for a part of a name; none where there is none."""
    if diagnostic.position is None or not _is_about_mark(diagnostic):
        return ()
    return (Edit(diagnostic.position.file, 0, len(BYTE_ORDER_MARK), b""),)


def _is_about_mark(diagnostic: Diagnostic) -> bool:
    statement = diagnostic.statement
    if statement is None or not statement.name.startswith(BYTE_ORDER_MARK):
        return False
    return (statement.start.line, statement.start.column) == (1, 1) and diagnostic.message.startswith("unknown directive")
