"""$modern_browser, $ancient_browser and $msie: what the User-Agent says. Recording: found_flow/browser."""

from __future__ import annotations

from ...config.directives.variables.browser import BrowserLocation
from ..browser import browser
from ..request import Request

# Of the agents that count as Netscape 4: longer than this, and their version is 1 to 4.
_NETSCAPE = b"Mozilla/"
_SHORTEST = len(b"Mozilla/4.72 ")


def modern_browser(request: Request) -> bytes:
    """The value of modern_browser_value for a modern browser; else empty."""
    return request.location.of(BrowserLocation).modern_browser_value if _is_modern(request) else b""


def ancient_browser(request: Request) -> bytes:
    """The value of ancient_browser_value for any other browser; else empty."""
    return b"" if _is_modern(request) else request.location.of(BrowserLocation).ancient_browser_value


def msie(request: Request) -> bytes:
    """`1` for Internet Explorer."""
    return b"1" if browser(request.input.headers.get(b"user-agent")).is_msie else b""


def _is_modern(request: Request) -> bool:
    """The first browser that is known decides by its version, then the texts of ancient_browser, then `unlisted`."""
    settings = request.location.of(BrowserLocation)
    agent = request.input.headers.get(b"user-agent")
    if agent is None:
        return settings.unlisted
    for known in settings.versions:
        version = known.version_in(agent)
        if version is not None:
            return version >= known.version
    if not settings.unlisted or any(text in agent for text in settings.ancient_texts):
        return False
    return not (settings.netscape4 and _is_netscape4(agent))


def _is_netscape4(agent: bytes) -> bool:
    return len(agent) > _SHORTEST and agent.startswith(_NETSCAPE) and b"0" < agent[len(_NETSCAPE) :][:1] < b"5"
