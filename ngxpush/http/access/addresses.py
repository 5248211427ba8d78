"""allow and deny: rules on the client's address. The first one that matches decides. Recordings: core-location/allow-deny."""

from __future__ import annotations

from ...config.configuration import Location
from ...config.directives.access.access import AccessLocation, AccessRule
from ...config.directives.http.core import HttpCoreLocation
from ..forwarded import NumericAddress, parse_address
from ..recorder import Phase, note
from ..request import Request
from ..status import DECLINED, FORBIDDEN, OK


def concerns(location: Location) -> bool:
    """Whether the location has rules."""
    return bool(location.of(AccessLocation).rules)


def check(request: Request) -> int:
    """nginx's access module."""
    rules = request.location.of(AccessLocation).rules
    if not rules:
        return DECLINED
    text = request.connection.remote_addr
    address = parse_address(text)
    for rule in rules:
        if _applies(rule, text, address):
            note(request, Phase.ACCESS, rule.statement, "is the first rule for the client {}", text)
            if rule.allow:
                return OK
            if request.location.of(HttpCoreLocation).satisfy != "any":
                request.connection.log("error", b"access forbidden by rule", request)
            return FORBIDDEN
    return DECLINED


def _applies(rule: AccessRule, text: bytes, address: NumericAddress | None) -> bool:
    if rule.unix:
        return text == b"unix:"
    network = rule.network
    if network is None:
        return True
    return address is not None and address[0] == network.version and address[1] in network
