"""Bytes in messages."""

from __future__ import annotations


def shown(text: bytes) -> str:
    """The bytes of the configuration as text for a message."""
    return text.decode("utf-8", "surrogateescape")


def unshown(text: str) -> bytes:
    """The bytes of which `shown` made this text."""
    return text.encode("utf-8", "surrogateescape")


BYTE_ORDER_MARK = b"\xef\xbb\xbf"
"""What some editors write before the first character of a file in UTF-8. nginx takes it for a part of the first word."""
