"""The address that connections to servers are made from (PREFIX_bind)."""

from __future__ import annotations

from ...config.directives.gateways.location import GatewayLocation
from ..forwarded import ClientAddress, parse_peer
from ..request import Request
from ..variables.evaluation import evaluate


def local_address(request: Request, settings: GatewayLocation) -> ClientAddress | None:
    """The address that proxy_bind names, with or without a port. Anything else is reported, and the system chooses one."""
    text = b"" if settings.bind is None else evaluate(request, settings.bind)
    if not text:
        return None
    address = parse_peer(text)
    if address is None:
        request.connection.log("error", b'invalid local address "%b"' % text, request)
    return address
