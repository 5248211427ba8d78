"""The words of the operating system for what went wrong, as error log lines carry them."""

from __future__ import annotations


def words(error: OSError) -> bytes:
    """`No such file or directory`: an operation's error comes with them."""
    return (error.strerror or "Unknown error").encode()
