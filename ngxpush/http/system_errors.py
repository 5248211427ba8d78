"""The operating system's errors, as lines of the error log show them."""

from __future__ import annotations


def words(error: OSError) -> bytes:
    """The number and the text of an error: `2: No such file or directory`."""
    return b"%d: %b" % (error.errno or 0, (error.strerror or "Unknown error").encode())


def failure(call: bytes, path: bytes, error: OSError) -> bytes:
    """A call that has failed: `open() "/a" failed (2: No such file or directory)`."""
    return b'%b "%b" failed (%b)' % (call, path, words(error))
