"""Bytes in messages."""

from __future__ import annotations


def shown(text: bytes) -> str:
    """Bytes of the configuration as they stand in a message; encoding with `surrogateescape` gives the same bytes back."""
    return text.decode("utf-8", "surrogateescape")
