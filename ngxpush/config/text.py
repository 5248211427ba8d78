"""Bytes in messages."""

from __future__ import annotations


def shown(text: bytes) -> str:
    """The bytes of the configuration as text for a message."""
    return text.decode("utf-8", "surrogateescape")


def unshown(text: str) -> bytes:
    """The bytes of which `shown` made this text."""
    return text.encode("utf-8", "surrogateescape")
