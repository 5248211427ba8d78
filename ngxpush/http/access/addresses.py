"""allow and deny: rules on the client's address, of which the first that matches decides. Recordings: core-location/allow-deny."""

from __future__ import annotations

from ..mapping import parse_address
from ..request import Request
from ..status import DECLINED, FORBIDDEN, OK


async def check(request: Request) -> int:
    """nginx's access module."""
    rules = request.location.access.rules
    if not rules:
        return DECLINED
    text = request.connection.remote_addr
    address = parse_address(text)
    for rule in rules:
        if rule.matches(text, address):
            if rule.allow:
                return OK
            if request.location.http_core.satisfy != "any":
                request.connection.log("error", b"access forbidden by rule", request)
            return FORBIDDEN
    return DECLINED
