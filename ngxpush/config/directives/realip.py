"""The realip module."""

from __future__ import annotations

from dataclasses import dataclass

from ..addresses import Network, parse_network
from ..slots import Flag, String
from ..text import shown
from ..words import Words
from .table import FLAG, HTTP_SERVER_LOCATION, Arguments, Module, settings_row


@dataclass(frozen=True, slots=True)
class RealipLocation:
    """What a location holds. set_real_ip_from: trusted networks; None among them is `unix:`, bytes a host name."""

    set_real_ip_from: tuple[Network | bytes | None, ...] = ()
    real_ip_header: bytes = b"X-Real-IP"
    real_ip_recursive: bool = False


class TrustedAddress:
    """An address, a network, a host, or `unix:` (None)."""

    description = "address"

    def parse(self, words: Words) -> Network | bytes | None:
        text = words.arguments[0]
        if text == b"unix:":
            return None
        network = parse_network(text)
        if network is not None:
            if network.low_bits:
                words.report("warn", f"low address bits of {shown(text)} are meaningless")
            return network
        words.resolve_host(text)
        return text


_SETTINGS = (RealipLocation, RealipLocation, RealipLocation)
_WHERE = HTTP_SERVER_LOCATION
_DIRECTIVES = (
    settings_row(
        "realip",
        "set_real_ip_from",
        _WHERE,
        TrustedAddress(),
        "Trusted.",
        Arguments(),
        _SETTINGS,
        once=False,
    ),
    settings_row(
        "realip",
        "real_ip_header",
        _WHERE,
        String(),
        "The header with the client's address.",
        Arguments(),
        _SETTINGS,
    ),
    settings_row("realip", "real_ip_recursive", _WHERE, Flag(), "Whether trusted ones are passed over.", FLAG, _SETTINGS),
)

MODULES = (Module("realip", _DIRECTIVES, location=RealipLocation),)
