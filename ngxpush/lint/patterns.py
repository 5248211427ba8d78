"""What is known of a regular expression without running it: how a match begins, and whether anything may follow."""

from __future__ import annotations

import re

from msgspec import Struct

from ..config.pattern import Pattern

_LITERAL = re.compile(rb"(?:\\[^A-Za-z0-9]|[^\\.\[\](){}?*+|^$])*")
_QUANTIFIERS = (b"?", b"*", b"+", b"{")
_GROUP_OR_CLASS = re.compile(rb"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\((?:\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[^()\\])*\)", re.DOTALL)
_ANYTHING = re.compile(rb"(?:(?:\.\*|\((?:\?:|\?P?<\w+>)?\.\*\))\$?)?")


class Beginning(Struct, frozen=True):
    """How every text that matches begins.

    anchored: it begins with `literal`; otherwise `literal` stands somewhere in it.  whole: every such text matches.
    caseless: letter case does not matter; `literal` is in lower case then.
    """

    anchored: bool
    literal: bytes
    whole: bool
    caseless: bool


def beginning(pattern: Pattern) -> Beginning:
    """The beginning of a pattern; of one with alternatives nothing is known."""
    text = pattern.text
    if _has_alternatives(text):
        return Beginning(False, b"", False, pattern.caseless)
    anchored = text.startswith(b"^")
    found = _LITERAL.match(text, int(anchored))
    assert found is not None
    end = found.end()
    if text[end : end + 1] in _QUANTIFIERS and end > found.start():
        end -= 2 if text[end - 2 : end - 1] == b"\\" else 1
    literal = re.sub(rb"\\(.)", rb"\1", text[found.start() : end], flags=re.DOTALL)
    whole = _ANYTHING.fullmatch(text, end) is not None
    return Beginning(anchored, literal.lower() if pattern.caseless else literal, whole, pattern.caseless)


def _has_alternatives(text: bytes) -> bool:
    """Whether there is a `|` outside of all groups. A `|` in groups nested too deep to be taken apart counts as outside."""
    shorter = None
    while shorter != text:
        shorter, text = text, _GROUP_OR_CLASS.sub(b"", text)
    return b"|" in text
