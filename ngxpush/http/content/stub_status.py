"""stub_status: the numbers of connections and requests."""

from __future__ import annotations

from msgspec import Struct

from ..output import send_response
from ..request import Request
from ..status import NOT_ALLOWED


class Counters(Struct, frozen=True):
    """The numbers stub_status shows."""

    # Open connections.
    active: int

    # Connections since the process began.
    accepted: int

    # Those of them that were not closed at once for want of worker_connections.
    handled: int

    # Requests since the process began.
    requests: int

    # Connections on which a head is coming.
    reading: int

    # Connections whose request is being answered.
    writing: int

    # Connections on which nothing goes on.
    waiting: int


_TEXT = b"Active connections: %d \nserver accepts handled requests\n %d %d %d \nReading: %d Writing: %d Waiting: %d \n"


async def handle(request: Request) -> int:
    """Answer GET and HEAD with the counters."""
    if request.method not in (b"GET", b"HEAD"):
        return NOT_ALLOWED
    counters = request.connection.counters
    text = _TEXT % (
        counters.active,
        counters.accepted,
        counters.handled,
        counters.requests,
        counters.reading,
        counters.writing,
        counters.waiting,
    )
    return send_response(request, 200, text, b"text/plain")
