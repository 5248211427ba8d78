"""From an address and a host to a server.

Look-ups as nginx does them; measured by the recordings of core-server.
"""

from __future__ import annotations

from ..config.configuration import Address, Http, ListenAddress, Server
from ..config.pattern import Pattern
from ..config.wildcards import Wildcards
from .recorder import Phase, note
from .request import Request
from .variables.evaluation import run_pattern
from .variables.table import Getters


class Listener:
    """The servers of one address.

    listen: the address.  local: for an address that stands for all of the machine's, the listeners of those that are configured
    by themselves on the same port, by their text; one socket serves them all, as in nginx.
    """

    __slots__ = ("_names", "_patterns", "default_server", "http", "listen", "local")

    def __init__(self, http: Http, address: Address) -> None:
        self.http = http
        self.listen: ListenAddress = address.listen
        self.default_server: Server = address.default_server
        self.local: dict[bytes, Listener] = {}
        self._names: Wildcards[Server] = Wildcards()
        self._patterns: list[tuple[Pattern, Server]] = []
        for server in address.servers:
            for name in server.names:
                if name.pattern is not None:
                    self._patterns.append((name.pattern, server))
                else:
                    self._names.add(name.text, server)

    def at(self, server_addr: bytes) -> Listener:
        """The listener for a connection that was made to `server_addr`."""
        return self.local.get(server_addr, self)

    def find_server(self, request: Request, host: bytes) -> Server:
        """The server for a host (lower case, without port; b"" where the client named none).

        An exact name, the longest leading wildcard, the longest trailing one, the first pattern that matches, which sets the
        request's captures; else the default server.
        """
        server = self._names.find(host)
        if server is not None:
            exact = host in self._names.exact
            text = "has the name {}" if exact else "has a name with a wildcard for the host {}"
            note(request, Phase.SERVER, server.statement, text, host)
            return server
        for pattern, candidate in self._patterns if host else ():
            if run_pattern(request, pattern, host):
                text = "its pattern {} matches the host {}{}"
                note(request, Phase.SERVER, candidate.statement, text, pattern, host, (request.captures, pattern))
                return candidate
        default = self.default_server
        why = "no server has a name for the host {}" if host else "the request names no host"
        note(request, Phase.SERVER, default.statement, "is the default server of its address: " + why, host)
        return default


# What a listen directive says of the connections, not of the socket.
_OF_CONNECTIONS = frozenset(("ssl", "http2", "proxy_protocol"))


def listeners(http: Http) -> tuple[Listener, ...]:
    """A listener for each socket to open. Addresses that a `*` of the same port covers have none of their own."""
    http.getters = Getters(http)
    made = [Listener(http, address) for address in http.addresses]
    wildcards = {
        (listener.listen.ipv6, listener.listen.port): listener
        for listener in made
        if listener.listen.path is None and listener.listen.host in (b"", b"::")
    }
    sockets: list[Listener] = []
    for listener in made:
        listen = listener.listen
        own_socket = listen.path is not None or any(name not in _OF_CONNECTIONS for name, _ in listen.options)
        cover = None if own_socket else wildcards.get((listen.ipv6, listen.port))
        if cover is None or cover is listener:
            sockets.append(listener)
        else:
            cover.local[listen.host] = listener
    return tuple(sockets)
