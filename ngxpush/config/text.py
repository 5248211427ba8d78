"""Bytes in messages."""

from __future__ import annotations


def shown(text: bytes) -> str:
    """Bytes of the configuration as they stand in a message."""
    return text.decode("utf-8", "surrogateescape")


def unshown(text: str) -> bytes:
    """The bytes `shown` made a text of."""
    return text.encode("utf-8", "surrogateescape")
