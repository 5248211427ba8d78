"""X-Accel-Redirect: the answer of a server names the location that answers in its place."""

from __future__ import annotations

from ...config.directives.gateways.location import GatewayLocation
from ..redirect import internal_redirect, named_location
from ..request import Request
from ..status import NOT_FOUND
from ..uri import UnsafeURI, parse_unsafe_uri
from . import headers
from .codec import Rewriting
from .exchange import READING_HEADER
from .response import Head


def redirect(
    request: Request,
    settings: GatewayLocation,
    rewriting: Rewriting | None,
    head: Head,
    cacheable: bool = False,
    cached: bool = False,
) -> int | None:
    """Follow the redirect of a head. Returns the status to finalize with; None if the head has no redirect.

    To a named location with the request unchanged, or to a URI with method GET. cacheable, cached: as in `headers.take_over`.
    """
    target = headers.redirect_target(settings, head)
    if target is None:
        return None
    headers.keep_for_redirect(request, settings, rewriting, head, cacheable, cached)
    # As nginx has it in the error log.
    request.main.progress.log_action = READING_HEADER
    if target.startswith(b"@"):
        return named_location(request, target)
    try:
        uri, args = parse_unsafe_uri(target)
    except UnsafeURI as unsafe:
        request.connection.log("error", b'unsafe URI "%b" was detected' % unsafe.args[0], request)
        return NOT_FOUND
    if request.method != b"HEAD":
        request.method = b"GET"
    return internal_redirect(request, uri, args if b"?" in target else None)
