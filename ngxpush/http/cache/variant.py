"""Which of the answers of one key a client gets: that to a request whose lines, those that Vary names, had the same values."""

from __future__ import annotations

import hashlib
import re

from ..headers import Headers

_SEPARATORS = re.compile(rb"[ ,]+")


def variant_digest(key: bytes, vary: bytes, headers: Headers) -> bytes:
    """The digest of a variant, 16 bytes. key: the digest of the key.  vary: the value of the Vary line.

    Values count as they are written, and the lines of one name in their order.
    """
    digest = hashlib.md5(key, usedforsecurity=False)
    for name in filter(None, _SEPARATORS.split(vary.lower())):
        digest.update(name + b":" + b",".join(headers.get_all(name)) + b"\r\n")
    return digest.digest()
