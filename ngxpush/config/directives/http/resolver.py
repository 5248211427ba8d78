"""The value of `resolver`: name servers, and how they are asked."""

from __future__ import annotations

from msgspec import Struct

from ...addresses import Address, InvalidAddress, parse_address
from ...directive import DirectiveUse, RefusedDirective
from ...text import shown
from ...values import parse_seconds

_PORT = 53


class NameServers(Struct, frozen=True, eq=False):
    """One use of `resolver`. What its servers have said is known to all places that inherit this use, and to no others.

    valid: the seconds for which an answer is kept; None or 0: for as long as it says itself.  ipv6: whether IPv6 addresses are
    asked for, too.
    """

    servers: tuple[Address, ...]
    valid: int | None = None
    ipv6: bool = True


class Resolver:
    """The name servers."""

    description = "addresses"

    def parse(self, use: DirectiveUse) -> NameServers:
        servers = []
        valid, ipv6 = None, True
        for argument in use.arguments:
            if argument.startswith(b"valid="):
                valid = parse_seconds(argument[6:])
                if valid is None:
                    raise RefusedDirective(f"invalid parameter: {shown(argument)}")
            elif argument.startswith(b"ipv6="):
                if argument[5:] not in (b"on", b"off"):
                    raise RefusedDirective(f"invalid parameter: {shown(argument)}")
                ipv6 = argument[5:] == b"on"
            else:
                servers.append(self._server(use, argument))
        if not servers:
            raise RefusedDirective("no name servers defined")
        return NameServers(tuple(servers), valid, ipv6)

    @staticmethod
    def _server(use: DirectiveUse, text: bytes) -> Address:
        try:
            server = parse_address(text, default_port=_PORT)
            use.resolve(server)
        except InvalidAddress as error:
            raise RefusedDirective(f'{error} in resolver "{shown(text)}"') from None
        return server
