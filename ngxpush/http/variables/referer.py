"""$invalid_referer: whether a request comes from a page that valid_referers does not name.

Recording: core-variables/valid-referers.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ...config.directives.access.referer import RefererLocation, ValidReferers
from ...config.directives.http.server_name import ServerName
from ...config.pattern import PatternFailed
from ...config.wildcards import Wildcards
from ..request import Request

_SCHEME = re.compile(rb"https?://", re.IGNORECASE)
_SHORTEST = len(b"http://i.ru")
_HOST = re.compile(rb"[^/:]*")
_LONGEST_HOST = 256


def invalid_referer(request: Request) -> bytes:
    """Empty for a valid referer, `1` for any other."""
    settings = request.location.of(RefererLocation).valid_referers
    try:
        return b"" if not settings or _is_valid(request, settings) else b"1"
    except PatternFailed as failed:
        request.connection.log("alert", failed.message, request)
        return b""


def _is_valid(request: Request, settings: tuple[ValidReferers, ...]) -> bool:
    referer = request.input.headers.get(b"referer")
    if referer is None:
        return any(one.none for one in settings)
    scheme = _SCHEME.match(referer)
    if scheme is None or len(referer) < _SHORTEST:
        return any(one.blocked for one in settings)
    rest = referer[scheme.end() :]
    host = _HOST.match(rest)
    assert host is not None
    name = host[0].lower()
    if len(name) > _LONGEST_HOST:
        return False
    own_names = request.server.names if any(one.server_names for one in settings) else ()
    prefix = _names(settings, own_names).find(name)
    if prefix is not None:
        slash = rest.find(b"/")
        return (rest[slash:] if slash >= 0 else b"").startswith(prefix)
    if any(own.pattern is not None and own.pattern.search(name) for own in own_names):
        return True
    return any(pattern.search(rest) for one in settings for pattern in one.patterns)


@lru_cache(maxsize=256)
def _names(settings: tuple[ValidReferers, ...], own_names: tuple[ServerName, ...]) -> Wildcards[bytes]:
    """The hosts, with the beginning that a path after each must have."""
    table: Wildcards[bytes] = Wildcards()
    for own in own_names:
        if own.pattern is None:
            table.add(own.text, b"")
    for one in settings:
        for host, path in one.names:
            table.add(host, path)
    return table
