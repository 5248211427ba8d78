"""The target of a proxy_pass: scheme, group of servers, URI. With variables it is evaluated for each request."""

from __future__ import annotations

from dataclasses import dataclass

from ...config.addresses import Address, InvalidAddress, parse_address
from ...config.directives.gateways.proxy import ProxyLocation
from ...config.directives.gateways.slots import PassTarget
from ...config.directives.http.core import HttpCoreLocation
from ...config.directives.upstream.group import UpstreamGroup, UpstreamServer
from ..operations import Resolve
from ..request import Request
from ..variables.evaluation import evaluate
from .keepalive import IdleConnections
from .peers import Peer, PeerGroup, peer_name

PORTS = {b"http": 80, b"https": 443}


class NoTarget(Exception):
    """A target that can't be used. It carries the status to answer with; the reason has been logged."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


@dataclass(frozen=True, slots=True)
class Target:
    """The target of a proxy_pass for one request.

    uri: as written; empty if none is.  has_variables: the target was evaluated for this request.
    """

    scheme: bytes
    address: Address
    uri: bytes
    has_variables: bool

    @property
    def host(self) -> bytes:
        """$proxy_host: without the port, if that is the default of the scheme."""
        if self.address.path is not None:
            return b"localhost"
        host = b"[%b]" % self.address.host if self.address.ipv6 else self.address.host
        return host if self.address.port == PORTS[self.scheme] else b"%b:%d" % (host, self.address.port)

    @property
    def port(self) -> bytes:
        """$proxy_port."""
        return b"" if self.address.path is not None else b"%d" % self.address.port


def find_target(request: Request, passed: PassTarget) -> Target:
    """The target of a proxy_pass for a request. Raises NoTarget."""
    if passed.address is not None:
        return Target(passed.scheme, passed.address, passed.address.uri, False)
    text = evaluate(request, passed.text)
    scheme, separator, rest = text.partition(b"://")
    if not separator or scheme.lower() not in PORTS:
        request.connection.log("error", b'invalid URL prefix in "%b"' % text, request)
        raise NoTarget(500)
    try:
        address = parse_address(rest, default_port=PORTS[scheme.lower()], uri_part=True)
    except InvalidAddress as error:
        request.connection.log("error", f"{error} in upstream ".encode() + b'"%b"' % rest, request)
        raise NoTarget(500) from None
    return Target(scheme.lower(), address, _with_slash(address.uri), True)


def _with_slash(uri: bytes) -> bytes:
    """Put a slash before a URI that has only arguments."""
    return b"/" + uri if uri.startswith(b"?") else uri


async def find_peers(request: Request, target: Target) -> PeerGroup:
    """The servers of a target. They are looked up once, except for a name that comes from variables. Raises NoTarget."""
    address = target.address
    settings = request.http.configuration.upstreams.get(address.host.lower()) if address.no_port else None
    name = address.host if settings is not None else peer_name(address, address.host, address.ipv6)
    group: PeerGroup | None = request.http.peers.get(name)
    if group is not None:
        return group
    if settings is not None:
        group = await _group(request, settings)
    else:
        group = PeerGroup(name, await _peers(request, UpstreamServer(address.text), address, target.has_variables))
    if settings is not None or not target.has_variables:
        request.http.peers[name] = group
    return group


async def _group(request: Request, settings: UpstreamGroup) -> PeerGroup:
    primary: list[Peer] = []
    backup: list[Peer] = []
    for server in settings.servers:
        address = parse_address(server.address, default_port=80)
        try:
            peers = await _peers(request, server, address, False)
        except NoTarget:
            continue  # `ngxpush run` also starts with hosts that are not found
        (backup if server.backup else primary).extend(peers)
    if not primary and not backup:
        raise NoTarget(502)
    idle = IdleConnections(settings.keepalive) if settings.keepalive else None
    return PeerGroup(settings.name, primary, backup, settings, idle)


def _is_declared(request: Request, address: Address) -> bool:
    """Whether a proxy_pass without variables names the same host and port. Such a host needs no resolver."""
    targets = (proxy.pass_ for proxy in request.http.configuration.each(ProxyLocation))
    known = (target.address for target in targets if target is not None and target.address is not None)
    return any((address.host.lower(), address.port) == (other.host.lower(), other.port) for other in known)


async def _peers(request: Request, server: UpstreamServer, address: Address, has_variables: bool) -> list[Peer]:
    if address.numeric:
        found = [(address.host, address.ipv6)]
    else:
        if has_variables and not request.location.of(HttpCoreLocation).resolver and not _is_declared(request, address):
            request.connection.log("error", b"no resolver defined to resolve %b" % address.host, request)
            raise NoTarget(502)
        try:
            found = await Resolve(address.host)
        except OSError:
            request.connection.log("error", b"%b could not be resolved (3: Host not found)" % address.host, request)
            raise NoTarget(502) from None
    return [Peer(peer_name(address, host, ipv6), host, address.port, address.path, server) for host, ipv6 in found]
