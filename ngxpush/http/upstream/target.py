"""The target of a PREFIX_pass: scheme, group of servers, URI. With variables it is evaluated for each request."""

from __future__ import annotations

from msgspec.structs import replace

from ...config.addresses import Address, InvalidAddress, parse_address
from ...config.directives.gateways.location import GatewayLocation
from ...config.directives.gateways.slots import PassTarget
from ...config.directives.http.core import HttpCoreLocation
from ...config.directives.upstream.group import UpstreamGroup, UpstreamServer
from ..operations import TIMED_OUT, AskNameServers, Resolve, Unresolved
from ..request import Request
from ..variables.evaluation import evaluate
from .codec import Codec, Target
from .keepalive import IdleConnections
from .peers import Peer, PeerGroup, peer_name
from .state import UpstreamState

Addresses = list[tuple[bytes, bool]]
"""Addresses as text, and whether each is IPv6."""

_HOST_NOT_FOUND = 3
# nginx's words for what name servers answer.
_WORDS = {
    1: b"Format error",
    2: b"Server failure",
    _HOST_NOT_FOUND: b"Host not found",
    4: b"Unimplemented",
    5: b"Operation refused",
    TIMED_OUT: b"Operation timed out",
}


class NoTarget(Exception):
    """A target that can't be used. It carries the status to answer with; the reason has been logged."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def find_target(request: Request, passed: PassTarget, codec: Codec) -> Target:
    """The target of a PREFIX_pass for a request. Raises NoTarget."""
    form = codec.url_form
    if passed.address is not None:
        return Target(passed.scheme or form.scheme or b"", passed.address, passed.address.uri, False)
    text = evaluate(request, passed.text)
    scheme, _, rest = text.partition(b"://")
    scheme = scheme.lower()
    if not rest or scheme not in form.ports:
        if form.scheme is None:
            request.connection.log("error", b'invalid URL prefix in "%b"' % text, request)
            raise NoTarget(500)
        scheme, rest = form.scheme, text
    try:
        address = parse_address(rest, default_port=form.ports.get(scheme, 0), uri_part=form.uri_part)
    except InvalidAddress as error:
        request.connection.log("error", f"{error} in upstream ".encode() + b'"%b"' % rest, request)
        raise NoTarget(500) from None
    return Target(scheme, address, _with_slash(address.uri), True)


def _with_slash(uri: bytes) -> bytes:
    """Put a slash before a URI that has only arguments."""
    return b"/" + uri if uri.startswith(b"?") else uri


async def find_peers(
    request: Request, settings: GatewayLocation, codec: Codec, upstream: UpstreamState, target: Target
) -> PeerGroup:
    """The servers of a target. They are looked up once, except for a name that comes from variables. Raises NoTarget."""
    address = target.address
    written = request.http.configuration.upstreams.get(address.host.lower()) if address.no_port else None
    host = address.host.lower()  # a client that writes a name in many ways makes no more groups
    name = host if written is not None else peer_name(address, host, address.ipv6)
    group: PeerGroup | None = request.http.peers.get(name)
    if group is not None:
        return group
    if written is not None:
        group = await _group(request, written)
    elif not address.port and address.path is None:
        request.connection.log("error", b'no port in upstream "%b"' % address.host, request)
        raise NoTarget(500)
    else:
        asks = target.has_variables and not address.numeric and not _is_declared(request, address)
        if asks:
            # nginx writes the name in lower case where it stands.
            codec.destination.aim(replace(target, address=replace(address, host=address.host.lower())))
            found = await _ask_name_servers(request, settings, upstream, address.host)
        else:
            found = await _look_up(request, address)
        name_as_written = peer_name(address, address.host, address.ipv6)
        group = PeerGroup(name_as_written, _peers(request, UpstreamServer(address.text), address, found))
    if written is not None or not target.has_variables or _is_declared(request, address):
        request.http.peers[name] = group
    return group


async def _group(request: Request, settings: UpstreamGroup) -> PeerGroup:
    primary: list[Peer] = []
    backup: list[Peer] = []
    for server in settings.servers:
        address = parse_address(server.address, default_port=80)
        try:
            peers = _peers(request, server, address, await _look_up(request, address))
        except NoTarget:
            continue  # `ngxpush run` also starts with hosts that are not found
        (backup if server.backup else primary).extend(peers)
    if not primary and not backup:
        raise NoTarget(502)
    idle = IdleConnections(settings.keepalive) if settings.keepalive else None
    return PeerGroup(settings.name, primary, backup, settings, idle)


def _is_declared(request: Request, address: Address) -> bool:
    """Whether a PREFIX_pass without variables names the same host and port, or path. Such a host needs no resolver."""
    return (address.host.lower(), address.port, address.path) in request.http.targets


def _peers(request: Request, server: UpstreamServer, address: Address, found: Addresses) -> list[Peer]:
    path = None if address.path is None else request.http.configuration.paths.here(address.path)
    return [Peer(peer_name(address, host, ipv6), host, address.port, path, server) for host, ipv6 in found]


async def _look_up(request: Request, address: Address) -> Addresses:
    """The addresses of a host that the configuration names, as the system knows them. Raises NoTarget."""
    if address.numeric:
        return [(address.host, address.ipv6)]
    if address.host in request.http.hosts:
        return list(request.http.hosts[address.host])
    try:
        return await Resolve(address.host)
    except OSError:
        raise _not_resolved(request, address.host, _HOST_NOT_FOUND) from None


async def _ask_name_servers(request: Request, settings: GatewayLocation, upstream: UpstreamState, host: bytes) -> Addresses:
    """The addresses of a name that comes from variables, from the servers of `resolver`. Raises NoTarget."""
    core = request.location.of(HttpCoreLocation)
    if core.resolver is None:
        request.connection.log("error", b"no resolver defined to resolve %b" % host, request)
        raise NoTarget(502)
    upstream.resolving = True
    if settings.ignore_client_abort:
        request.main.outlives_client = True
    elif not request.background:
        request.on_close = _end_with_client
    try:
        return await AskNameServers(host, core.resolver, core.resolver_timeout)
    except Unresolved as error:
        raise _not_resolved(request, host.lower().removesuffix(b"."), error.code) from None
    finally:
        upstream.resolving = request.main.outlives_client = False
        request.on_close = None


def _end_with_client() -> None:
    """AskNameServers ends then."""


def _not_resolved(request: Request, host: bytes, code: int) -> NoTarget:
    text = b"%b could not be resolved (%d: %b)" % (host, code, _WORDS.get(code, b"Unknown error"))
    request.connection.log("error", text, request)
    return NoTarget(502)
