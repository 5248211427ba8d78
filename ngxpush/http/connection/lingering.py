"""How long nginx reads on for a client whose request is answered: a rest of its body, or what it sends after the answer.

A connection that is not kept lingers after the answer with `lingering_close always`; with `on`, if more of the client may be on
its way: the request has a body (also one that was read, or came whole with the head; not one that was skipped while it came), or
bytes are left after the request, which a line or a chunk that is refused counts among. A client that has closed its side is not
waited for, and some errors make a body not count (`errors.restrict_connection`). After a whole frame of WebSocket, or bytes that
came with its handshake, nginx takes it that more may be there.

After an answer that a header filter has refused (412) nginx closes at once, whatever is on its way, and logs nothing of it.
Measured with nginx 1.22.1.

The end is lingering_time after the begin, counted by the clock's whole seconds, and looked at only when bytes come; until then
lingering_timeout counts. Recordings found_causes/push-log-lingering-close, found_core/log-lingering.
"""

from __future__ import annotations

from ...config.directives.http.core import HttpCoreLocation
from ..request import Request


def lingers(request: Request, more_has_come: bool) -> bool:
    """Whether the connection of an answered request lingers before it is closed."""
    when = "off" if request.response.filter_finalized else request.location.of(HttpCoreLocation).lingering_close
    return when == "always" or (when == "on" and (request.input.lingering_close or more_has_come))


def end_of_lingering(settings: HttpCoreLocation, now: float) -> int:
    """The second of the clock in which nginx stops to read."""
    return int(now) + settings.lingering_time // 1000


def pause(settings: HttpCoreLocation, end: int, now: float) -> int:
    """Milliseconds for which the client may pause after bytes that come now; 0 if it has sent for too long."""
    return max(0, min(settings.lingering_timeout, (end - int(now)) * 1000))
