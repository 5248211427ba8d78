"""A document as JSON text, as `json.dumps(…, indent=2)` writes it, however deep it is."""

from __future__ import annotations

import json
from typing import Any

from ..config.nesting import Walk, finish
from ..config.text import unshown

_DEEPEST = 40
"""Levels from here on are not indented any further: the text would grow with the square of the depth."""


def json_text(document: Any) -> str:
    """The text of lists, dictionaries with texts as keys, texts, numbers, booleans and None; with a line end.

    Bytes of a configuration that are no UTF-8 are replaced: JSON can't hold them.
    """
    pieces: list[str] = []
    finish(_write(document, 1, pieces))
    return unshown("".join([*pieces, "\n"])).decode("utf-8", "replace")


def _write(value: Any, depth: int, pieces: list[str]) -> Walk[None]:
    """Append a value. depth: of what is inside it."""
    if not value or not isinstance(value, dict | list):
        pieces.append(json.dumps(value, ensure_ascii=False))
        return
    indent = "\n" + "  " * min(depth, _DEEPEST)
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    items = value.items() if isinstance(value, dict) else ((None, item) for item in value)
    before = opening
    for key, item in items:
        pieces.append(before + indent + ("" if key is None else json.dumps(key, ensure_ascii=False) + ": "))
        yield _write(item, depth + 1, pieces)
        before = ","
    pieces.append("\n" + "  " * min(depth - 1, _DEEPEST) + closing)
