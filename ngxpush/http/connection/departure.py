"""What the error log says when a client leaves."""

from __future__ import annotations

from ..request import ClientConnection, Request
from .serving import Serving

LEFT = "client prematurely closed connection"
_LEFT_UPSTREAM = "epoll_wait() reported that client prematurely closed connection, so upstream connection is closed too"


def words_of_departure(serving: Serving | None, connection: ClientConnection, reset: str) -> tuple[str, Request | None] | None:
    """The message, and the request it belongs to; None for nothing to say.

    serving: the request under way.  reset: added to the message if the client did not close properly.
    """
    if serving is not None:
        waiting = serving.waiting
        if serving.is_behind:
            return f"{LEFT}{reset} while sending response to client", serving.request
        if waiting is None:
            return None
        asked = waiting.upstream is not None and waiting.upstream.action
        return (_LEFT_UPSTREAM if asked else LEFT) + reset, waiting
    if connection.requests:
        return f"client {connection.remote_addr.decode()} closed keepalive connection{reset}", None
    return None if reset else ("client closed connection while waiting for request", None)
