"""Whether a connection is kept open after a request."""

from __future__ import annotations

from collections.abc import Sequence

from ..config.directives.http.core import HttpCoreLocation
from .browser import Browser, browser
from .request import Request

_MSIE6, _SAFARI = Browser.MSIE6, Browser.SAFARI


def asks_for_keepalive(values: Sequence[bytes]) -> bool | None:
    """Whether the last of a client's Connection lines that says so asks for keepalive; None: none of them does.

    Then the HTTP version says it: from 1.1 on connections are kept.
    """
    for value in reversed(values):
        lowered = value.lower()
        if b"close" in lowered:
            return False
        if b"keep-alive" in lowered:
            return True
    return None


def limit_keepalive(request: Request) -> None:
    """Turn keepalive off where the location forbids it. nginx checks when it finds a location: not for a server's `return`."""
    if not request.keepalive:
        return
    settings, connection = request.location.of(HttpCoreLocation), request.connection
    if (
        settings.keepalive_timeout[0] == 0
        or connection.requests >= settings.keepalive_requests
        or (connection.now() - connection.started) * 1000 > settings.keepalive_time
        or (settings.keepalive_disable and _is_disabled(request, settings.keepalive_disable))
    ):
        request.keepalive = False


def _is_disabled(request: Request, disabled: frozenset[str]) -> bool:
    """Whether keepalive_disable names the client's browser; MSIE only spoils what follows a POST."""
    msie6, safari = request.method == b"POST" and "msie6" in disabled, "safari" in disabled
    if not (msie6 or safari):
        return False
    client = browser(request.input.headers.get(b"user-agent"))
    return (msie6 and client is _MSIE6) or (safari and client is _SAFARI)
