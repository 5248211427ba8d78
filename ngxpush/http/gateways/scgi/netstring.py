"""The head of a request of the SCGI protocol (its specification: https://python.ca/scgi/protocol.txt)."""

from __future__ import annotations

from ..cgi.parameters import Pairs


def netstring(content_length: int, pairs: Pairs) -> bytes:
    """The parameters; the body, of so many bytes, follows them."""
    content = b"".join(b"%b\0%b\0" % pair for pair in [(b"CONTENT_LENGTH", b"%d" % content_length), *pairs])
    return b"%d:%b," % (len(content), content)
