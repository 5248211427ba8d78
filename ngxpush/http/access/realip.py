"""realip: the client's address as reported by trusted proxies.

Recordings: core_access_proxy, real-ip-*.
"""

from __future__ import annotations

from collections.abc import Mapping

from ...config.addresses import Network
from ...config.configuration import Location
from ...config.directives.access.realip import RealipLocation
from ..forwarded import ClientAddress, forwarded_peer, parse_address
from ..request import Request
from ..status import DECLINED

_MODULE = "realip"
_PROXY_PROTOCOL = b"proxy_protocol"


def concerns(location: Location) -> bool:
    """Whether requests of this location may get another address."""
    return bool(location.of(RealipLocation).set_real_ip_from)


def check(request: Request) -> int:
    """Replace the connection's address until the request ends.

    It is called before the server's rewrites, and again in the location, whose settings apply if nothing has been replaced yet.
    """
    settings = request.location.of(RealipLocation)
    if not settings.set_real_ip_from:
        return DECLINED
    main = request.main
    if _MODULE in main.lasting:
        return DECLINED
    connection = request.connection
    peer = ClientAddress(connection.remote_addr, connection.remote_port)

    def trusted(text: bytes) -> bool:
        return _is_trusted(text, settings.set_real_ip_from, request.http.trusted_hosts)

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
    """The values to search: all lines of X-Forwarded-For, if the directive spells it so, else the header's first line."""
    if settings.real_ip_header == _PROXY_PROTOCOL:
        header = request.connection.proxy_protocol
        return [] if header is None else [header.client.text]
    values = request.input.headers.get_all(settings.real_ip_header.lower())
    return values if settings.real_ip_header == b"X-Forwarded-For" else values[:1]


def _is_trusted(text: bytes, sources: tuple[Network | bytes | None, ...], hosts: Mapping[bytes, tuple[Network, ...]]) -> bool:
    if text == b"unix:":
        return None in sources
    address = parse_address(text)
    if address is None:
        return False
    version, number = address
    networks = (network for source in sources for network in _networks(source, hosts))
    return any(network.version == version and number in network for network in networks)


def _networks(source: Network | bytes | None, hosts: Mapping[bytes, tuple[Network, ...]]) -> tuple[Network, ...]:
    if isinstance(source, bytes):
        return hosts.get(source, ())
    return () if source is None else (source,)


def _connected(request: Request) -> ClientAddress:
    """The address and port of the peer that is connected."""
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
