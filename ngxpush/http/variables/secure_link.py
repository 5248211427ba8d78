"""$secure_link and $secure_link_expires: links with a hash that needs a secret. Recordings: secure-link-*."""

from __future__ import annotations

import hashlib
import hmac
import re

from ...config.directives.access.secure_link import SecureLinkLocation
from ...config.values import parse_number
from ..base64_text import decoded
from ..request import Request
from .evaluation import evaluate

_EXPIRES = "secure_link_expires"
_DIGEST_SIZE = 16
_LONGEST_HASH = 24
_SECRET_LINK = re.compile(rb"/[^/]*/([0-9A-Fa-f]{32})/(.+)", re.DOTALL)


def secure_link(request: Request) -> bytes | None:
    """`1` for a valid link (with secure_link_secret: the link itself), `0` for an expired one, None for an invalid one."""
    settings = request.location.of(SecureLinkLocation)
    if settings.secure_link_secret is not None:
        return _link(request.input.unparsed_uri, settings.secure_link_secret)
    if settings.secure_link is None or settings.secure_link_md5 is None:
        return None
    text, comma, expires_text = evaluate(request, settings.secure_link).partition(b",")
    expires = 0
    if comma:
        expires = parse_number(expires_text) or 0
        if not expires:
            return None
        request.modules[_EXPIRES] = expires_text
    digest = _decode(text)
    if digest is None:
        return None
    expected = hashlib.md5(evaluate(request, settings.secure_link_md5), usedforsecurity=False).digest()
    if not hmac.compare_digest(digest, expected):
        return None
    return b"0" if expires and expires < int(request.now) else b"1"


def secure_link_expires(request: Request) -> bytes | None:
    """The time in the link, if $secure_link was used before. Otherwise None, also later in the same request."""
    expires: bytes | None = request.kept(_EXPIRES)
    return expires


def _decode(text: bytes) -> bytes | None:
    """A digest in base64url, padded or not."""
    digest = decoded(text, url=True) if len(text) <= _LONGEST_HASH else None
    return digest if digest and len(digest) == _DIGEST_SIZE else None


def _link(uri: bytes, secret: bytes) -> bytes | None:
    """The link in `/prefix/hash/link`, as the client wrote it; None if the hash is not that of link and secret."""
    found = _SECRET_LINK.fullmatch(uri)
    if found is None:
        return None
    digest = hashlib.md5(found[2] + secret, usedforsecurity=False).hexdigest().encode()
    return found[2] if hmac.compare_digest(digest, found[1].lower()) else None
