"""Base64 as nginx reads it. Python's own reading of what comes after the first `=` changes from version to version."""

from __future__ import annotations

import base64
import re

_USUAL = re.compile(rb"[A-Za-z0-9+/]*")
_OF_URLS = re.compile(rb"[A-Za-z0-9_-]*")


def decoded(text: bytes, url: bool = False) -> bytes | None:
    """What the text says up to its first `=`; None where that makes no sense. url: with `-` and `_` in place of `+` and `/`."""
    bare = text.partition(b"=")[0]
    if len(bare) % 4 == 1 or not (_OF_URLS if url else _USUAL).fullmatch(bare):
        return None
    return base64.b64decode(bare + b"=" * (-len(bare) % 4), altchars=b"-_" if url else None)
