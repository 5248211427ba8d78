"""realip: the client's address, as trusted proxies in front of the server report it.

Recordings: core_access_proxy, real-ip-*.
"""

from __future__ import annotations

from ...config.addresses import Network
from ...config.directives.realip import RealipLocation
from ..forwarded import ClientAddress, forwarded_peer, parse_address
from ..request import Request
from ..status import DECLINED

_MODULE = "realip"
_PROXY_PROTOCOL = b"proxy_protocol"


async def check(request: Request) -> int:
    """Replace the connection's address until the request ends.

    It is called before the server's rewrites and once more in the location, whose settings count if nothing was replaced yet.
    """
    settings = request.location.realip
    main = request.main
    if not settings.set_real_ip_from or _MODULE in main.lasting:
        return DECLINED
    connection = request.connection
    peer = ClientAddress(connection.remote_addr, connection.remote_port)

    def trusted(text: bytes) -> bool:
        return _is_trusted(text, settings.set_real_ip_from)

    reported = forwarded_peer(peer, _values(request, settings), trusted, settings.real_ip_recursive)
    if reported is peer:
        return DECLINED
    header = connection.proxy_protocol
    if settings.real_ip_header == _PROXY_PROTOCOL and header is not None:
        reported = ClientAddress(reported.text, header.client.port)
    main.lasting[_MODULE] = peer
    connection.remote_addr, connection.remote_port = reported.text, reported.port

    def restore() -> None:
        connection.remote_addr, connection.remote_port = peer.text, peer.port

    main.at_end(restore)
    return DECLINED


def _values(request: Request, settings: RealipLocation) -> list[bytes]:
    """Where the address is looked for: in all lines of X-Forwarded-For, written so, or in the first one of any other header."""
    if settings.real_ip_header == _PROXY_PROTOCOL:
        header = request.connection.proxy_protocol
        return [] if header is None else [header.client.text]
    values = request.input.headers.get_all(settings.real_ip_header.lower())
    return values if settings.real_ip_header == b"X-Forwarded-For" else values[:1]


def _is_trusted(text: bytes, sources: tuple[Network | bytes | None, ...]) -> bool:
    if text == b"unix:":
        return None in sources
    address = parse_address(text)
    if address is None:
        return False
    version, number = address
    return any(isinstance(source, Network) and source.version == version and number in source for source in sources)


def _connected(request: Request) -> ClientAddress:
    """Who is really connected."""
    connection = request.connection
    peer: ClientAddress | None = request.main.lasting.get(_MODULE)
    return ClientAddress(connection.remote_addr, connection.remote_port) if peer is None else peer


def realip_remote_addr(request: Request) -> bytes:
    """$realip_remote_addr: the address that was replaced."""
    return _connected(request).text


def realip_remote_port(request: Request) -> bytes:
    """$realip_remote_port."""
    port = _connected(request).port
    return b"%d" % port if port else b""
