"""What the error log says when a client leaves: closes its connection, or resets it.

Where nginx reads, a reset is a failed recv(): between the bytes of a head or a body, also of one that no one wants, while it
lingers, and in a tunnel. Where it only looks whether the client is still there, the message is that of a client that closes, with
the error added. The module reads what a WebSocket client sends, and reports its end in words of its own. They have the number of
an error also when the client has closed properly: the last one of the process (`Hosting.last_error`).

Recordings found_push/found-push-ends.
"""

from __future__ import annotations

from ..request import Request
from ..upstream.state import UpstreamState
from .facts import ConnectionFacts
from .serving import Serving

AGAIN = " (11: Resource temporarily unavailable)"
RESET = " (104: Connection reset by peer)"

LEFT = "client prematurely closed connection"
RECV_FAILED = "recv() failed" + RESET
LEFT_WEBSOCKET = "push stream module: client closed prematurely connection"
DROPPED = "dropped"
"""Is in `Request.lasting` where the client has not left by itself: it has taken too little of what was sent."""

_LEFT_RESOLVING = f"epoll_wait() reported that {LEFT}"
_LEFT_UPSTREAM = f"{_LEFT_RESOLVING}, so upstream connection is closed too"


def words_of_departure(serving: Serving | None, connection: ConnectionFacts, reset: str) -> tuple[str, Request | None] | None:
    """The message, and the request it belongs to; None for nothing to say.

    serving: the request under way.  reset: added to the message if the client did not close properly.
    """
    if serving is not None:
        waiting = serving.waiting
        if serving.is_behind:
            return LEFT + reset, serving.request
        if waiting is None:
            return None
        return _words(waiting.upstream) + reset, waiting
    if connection.requests:
        return f"client {connection.remote_addr.decode()} closed keepalive connection{reset}", None
    return f"{RECV_FAILED if reset else 'client closed connection'} while {connection.activity}", None


def _words(upstream: UpstreamState | None) -> str:
    if upstream is None:
        return LEFT
    if upstream.resolving:
        return _LEFT_RESOLVING
    return _LEFT_UPSTREAM if upstream.action else LEFT
