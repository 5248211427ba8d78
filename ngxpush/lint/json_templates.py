"""Message templates that make JSON documents, and the messages whose text makes the document invalid."""

from __future__ import annotations

import json
from functools import lru_cache

from ..push.messages import Message
from ..push.templates import Kind, Template

_HARMLESS = b"0"
"""A text that is valid JSON with quotes around it and without."""

_WORDS = b"some words"
"""A text that is valid JSON only with quotes around it."""


@lru_cache(maxsize=256)
def is_json(template: bytes, text: bytes = _HARMLESS) -> bool:
    """Whether the template makes JSON of a message with that text; what stands around the document does not count."""
    message = Message(1, _HARMLESS, text, 0, 0, event_id=_HARMLESS, event_type=_HARMLESS)
    return _holds_json(Template(template, Kind.PLAIN).format(message))


def quotes_text(template: bytes) -> bool:
    """Whether the template makes JSON with the message's text inside a string."""
    return is_json(template) and is_json(template, _WORDS) and not is_json(template, b'"')


def is_broken_by(template: bytes, message: Message) -> bool:
    """Whether the template makes JSON, but not of this message."""
    return is_json(template) and not _holds_json(Template(template, Kind.PLAIN).format(message))


def _holds_json(document: bytes) -> bool:
    starts = [place for place in (document.find(b"{"), document.find(b"[")) if place >= 0]
    if not starts:
        return False
    end = max(document.rfind(b"}"), document.rfind(b"]")) + 1
    try:
        json.loads(document[min(starts) : end])
    except ValueError:
        return False
    return True
