"""What the error log says when a client leaves."""

from __future__ import annotations

from ..request import Request
from ..upstream.state import UpstreamState
from .serving import Serving

LEFT = "client prematurely closed connection"
_LEFT_RESOLVING = f"epoll_wait() reported that {LEFT}"
_LEFT_UPSTREAM = f"{_LEFT_RESOLVING}, so upstream connection is closed too"


def words_of_departure(serving: Serving | None, requests: int, client: bytes, reset: str) -> tuple[str, Request | None] | None:
    """The message, and the request it belongs to; None for nothing to say.

    serving: the request under way.  requests: how many the connection has had.  reset: added to the message if the client did not
    close properly.
    """
    if serving is not None:
        waiting = serving.waiting
        if serving.is_behind:
            return f"{LEFT}{reset} while sending response to client", serving.request
        if waiting is None:
            return None
        return _words(waiting.upstream) + reset, waiting
    if requests:
        return f"client {client.decode()} closed keepalive connection{reset}", None
    return None if reset else ("client closed connection while waiting for request", None)


def _words(upstream: UpstreamState | None) -> str:
    if upstream is None:
        return LEFT
    if upstream.resolving:
        return _LEFT_RESOLVING
    return _LEFT_UPSTREAM if upstream.action else LEFT
