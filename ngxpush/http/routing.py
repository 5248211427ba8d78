"""From an address and a host to a server.

Look-ups are as in nginx; recordings of core-server.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..config.addresses import Network
from ..config.configuration import Http, ListenAddress, ServedAddress, Server
from ..config.directives.gateways.passed import passed_addresses
from ..config.pattern import Pattern
from ..config.sockets import cover_of
from ..config.tls_addresses import has_tls
from ..config.wildcards import Wildcards
from .cache.shelf import Shelf
from .content import load_handlers
from .recorder import Phase, note
from .request import Request
from .running import RunningHttp
from .variables.evaluation import run_pattern
from .variables.table import Getters

_SERVER = Phase.SERVER
_NO_NAME = "is the default server of its address: no server has a name for the host {}"
_NO_HOST = "is the default server of its address: the request names no host"


class Listener:
    """The servers of one address.

    listen: the address.  local: for an address that stands for all addresses of the machine: the listeners of single addresses on
    the same port, by the text of the address. As in nginx one socket serves all of them.
    """

    __slots__ = ("_names", "_patterns", "default_server", "http", "listen", "local")

    def __init__(self, http: RunningHttp, address: ServedAddress) -> None:
        self.http = http
        self.listen: ListenAddress = address.listen
        self.default_server: Server = address.default_server
        self.local: dict[bytes, Listener] = {}
        self._names, self._patterns = names_of(address.servers)

    @property
    def has_tls(self) -> bool:
        """Whether connections have to begin with a handshake of TLS."""
        return has_tls(self.listen, self.default_server)

    @property
    def has_patterns(self) -> bool:
        """Whether a server has a regular expression for a name."""
        return bool(self._patterns)

    @property
    def speaks_http2(self) -> bool:
        """Whether clients may use HTTP/2."""
        return "http2" in dict(self.listen.options)

    def at(self, server_addr: bytes) -> Listener:
        """The listener for a connection that was made to `server_addr`."""
        return self.local.get(server_addr, self)

    def find_server(self, request: Request, host: bytes) -> Server:
        """The server for a host (lower case, without port; b"" where the client named none), or the default server."""
        if request.recorder is None and not self._patterns:  # the usual case
            return self._names.find(host) or self.default_server
        server = self.named_server(request, host)
        if server is not None:
            return server
        note(request, _SERVER, self.default_server.statement, _NO_NAME if host else _NO_HOST, host)
        return self.default_server

    def named_server(self, request: Request, host: bytes) -> Server | None:
        """The server that has the name of a host, in nginx's order.

        An exact name, the longest leading wildcard, the longest trailing one, the first pattern that matches, which sets the
        request's captures; else None.
        """
        server = self._names.find(host)
        if server is not None:
            exact = host in self._names.exact
            text = "has the name {}" if exact else "has a name with a wildcard for the host {}"
            note(request, _SERVER, server.statement, text, host)
            return server
        for pattern, candidate in self._patterns if host else ():
            if run_pattern(request, pattern, host):
                text = "its pattern {} matches the host {}{}"
                note(request, _SERVER, candidate.statement, text, pattern, host, (request.captures, pattern))
                return candidate
        return None


def names_of(servers: Iterable[Server]) -> tuple[Wildcards[Server], list[tuple[Pattern, Server]]]:
    """Servers by their names, and those with patterns, in the order of the file."""
    names: Wildcards[Server] = Wildcards()
    patterns: list[tuple[Pattern, Server]] = []
    for server in servers:
        for name in server.names:
            if name.pattern is not None:
                patterns.append((name.pattern, server))
            else:
                names.add(name.text, server)
    return names, patterns


def running(
    http: Http,
    addresses: tuple[ServedAddress, ...] | None = None,
    trusted_hosts: Mapping[bytes, tuple[Network, ...]] | None = None,
    caches: Mapping[bytes, Shelf] | None = None,
) -> RunningHttp:
    """The http block as it is served. addresses: where it is served; None for the configuration's addresses."""
    load_handlers({block.content_handler for block in http.blocks})
    served = http.addresses if addresses is None else addresses
    targets = frozenset((address.host.lower(), address.port, address.path) for address in passed_addresses(http))
    return RunningHttp(http, served, trusted_hosts or {}, Getters(http), caches=caches or {}, targets=targets)


def listeners(http: RunningHttp) -> tuple[Listener, ...]:
    """A listener for each socket to open. An address that a `*` of the same port covers has no socket of its own."""
    made = {address.listen.key: Listener(http, address) for address in http.addresses}
    sockets: list[Listener] = []
    for listener in made.values():
        cover = cover_of(listener.listen, made)
        if cover is None:
            sockets.append(listener)
        else:
            made[cover].local[listener.listen.host] = listener
    return tuple(sockets)
