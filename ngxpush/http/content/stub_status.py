"""stub_status: how many connections there are and were."""

from __future__ import annotations

from dataclasses import dataclass

from ..output import send_response
from ..request import Request

NOT_ALLOWED = 405


@dataclass(frozen=True, slots=True)
class Counters:
    """accepted, requests: since the process began.  reading: heads that are on their way; writing: requests being answered;
    waiting: connections with nothing going on.
    """

    active: int
    accepted: int
    requests: int
    reading: int
    writing: int
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
        counters.accepted,
        counters.requests,
        counters.reading,
        counters.writing,
        counters.waiting,
    )
    return send_response(request, 200, text, b"text/plain")
