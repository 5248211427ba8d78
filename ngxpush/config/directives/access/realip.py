"""The realip module."""

from __future__ import annotations

from msgspec import Struct

from ...addresses import Network, parse_network
from ...directive import Directive, DirectiveUse
from ...module import Module
from ...places import HTTP_SERVER_LOCATION
from ...slots import Flag, String
from ...text import shown


class RealipLocation(Struct, frozen=True):
    """What a location holds. set_real_ip_from: trusted networks. Among them None is `unix:`, and bytes are a host name."""

    set_real_ip_from: tuple[Network | bytes | None, ...] = ()
    real_ip_header: bytes = b"X-Real-IP"
    real_ip_recursive: bool = False


class TrustedAddress:
    """An address, a network, a host, or `unix:` (None)."""

    description = "address"

    def parse(self, use: DirectiveUse) -> Network | bytes | None:
        text = use.arguments[0]
        if text == b"unix:":
            return None
        network = parse_network(text)
        if network is not None:
            if network.low_bits:
                use.report("warn", f"low address bits of {shown(text)} are meaningless")
            return network
        use.resolve_host(text)
        return text


_DIRECTIVES = (
    Directive(
        "set_real_ip_from",
        HTTP_SERVER_LOCATION,
        TrustedAddress(),
        "An address, network or host that is trusted to send the client's address.",
        once=False,
    ),
    Directive("real_ip_header", HTTP_SERVER_LOCATION, String(), "The header that holds the client's address."),
    Directive("real_ip_recursive", HTTP_SERVER_LOCATION, Flag(), "Whether trusted addresses in that header are skipped."),
)

MODULE = Module("realip", _DIRECTIVES, location=RealipLocation, optional=True)
