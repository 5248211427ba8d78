"""$fastcgi_script_name and $fastcgi_path_info: the URI, split by fastcgi_split_path_info. Recording: fastcgi-script-name-*.

They follow the URI when it changes, and need no fastcgi_pass. fastcgi_index is added to a script name that ends in a slash.
"""

from __future__ import annotations

from ...config.directives.gateways.fastcgi import FastcgiLocation
from ...config.pattern import PatternFailed
from ..request import Request


def script_name(request: Request) -> bytes:
    """The script."""
    name, _ = _split(request)
    return name + request.location.of(FastcgiLocation).index if name.endswith(b"/") else name


def path_info(request: Request) -> bytes:
    """What follows the script."""
    return _split(request)[1]


def _split(request: Request) -> tuple[bytes, bytes]:
    """Split the URI. The groups of the pattern are no captures of the request."""
    pattern = request.location.of(FastcgiLocation).split_path_info
    if pattern is None:
        return request.uri, b""
    try:
        match = pattern.search(request.uri)
    except PatternFailed as failed:
        request.connection.log("alert", failed.message, request)
        return b"", b""
    return (request.uri, b"") if match is None else (match.groups[1] or b"", match.groups[2] or b"")
