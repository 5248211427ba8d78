"""The operating system's texts for errors, as error log lines have them."""

from __future__ import annotations


def words(error: OSError) -> bytes:
    """The text of an error, for example `No such file or directory`."""
    return (error.strerror or "Unknown error").encode()
