"""Which of the answers of one key a client gets: that to a request whose lines, those that Vary names, had the same values."""

from __future__ import annotations

import hashlib
import re

from ..headers import Headers

_LISTS = frozenset((b"accept-charset", b"accept-encoding", b"accept-language"))
_SEPARATORS = re.compile(rb"[ ,]+")


def variant_digest(key: bytes, vary: bytes, headers: Headers) -> bytes:
    """The digest of a variant, 16 bytes. key: the digest of the key.  vary: the value of the Vary line.

    The lines of one name count in their order, and their values as they are written; only those of Accept-Charset, -Encoding and
    -Language are taken apart.
    """
    digest = hashlib.md5(key, usedforsecurity=False)
    for name in filter(None, _SEPARATORS.split(vary.lower())):
        values = headers.get_all(name)
        if name in _LISTS:
            values = [value for line in values for value in _SEPARATORS.split(line) if value]
        digest.update(name + b":" + b",".join(values) + b"\r\n")
    return digest.digest()
