"""From an address and a host to a server, from a URI to a location.

Lookups as nginx does them; measured by the recordings of core-server and core-location.
"""

from __future__ import annotations

import enum
from collections.abc import Container, Mapping

from ..config.addresses import Network
from ..config.configuration import Http, ListenAddress, Location, ServedAddress, Server
from ..config.pattern import Pattern
from ..config.places import LocationMatch
from ..config.text import shown
from ..config.wildcards import Wildcards
from .recorder import Phase, captured, quoted
from .request import Request
from .running import RunningHttp
from .variable_table import Getters
from .variables import run_pattern


class Listener:
    """The servers behind one address.

    listen: the address.  local: for an address that stands for all of the machine's, the listeners of those that are configured
    by themselves on the same port, by their text; one socket serves them all, as in nginx.
    """

    __slots__ = ("_names", "_patterns", "default_server", "http", "listen", "local")

    def __init__(self, http: RunningHttp, address: ServedAddress) -> None:
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
        if server is None and host:
            for pattern, candidate in self._patterns:
                if run_pattern(request, pattern, host):
                    if request.recorder is not None:
                        why = f"its pattern {shown(pattern.text)} matches the host {quoted(host)}{captured(request, pattern)}"
                        request.recorder.note(Phase.SERVER, why, candidate.statement)
                    return candidate
        if request.recorder is not None:
            found = self.default_server if server is None else server
            request.recorder.note(Phase.SERVER, self._why(host), found.statement)
        return self.default_server if server is None else server

    def _why(self, host: bytes) -> str:
        """Why a host has its server, for a recorder."""
        if host in self._names.exact:
            return f"has the name {quoted(host)}"
        if self._names.find(host) is not None:
            return f"has a name with a wildcard for the host {quoted(host)}"
        asked = f"no server has a name for the host {quoted(host)}" if host else "the request names no host"
        return f"is the default server of its address: {asked}"


# What a listen directive says of the connections, not of the socket.
_OF_CONNECTIONS = frozenset(("ssl", "http2", "proxy_protocol"))


def running(
    http: Http,
    addresses: tuple[ServedAddress, ...] | None = None,
    trusted_hosts: Mapping[bytes, tuple[Network, ...]] | None = None,
) -> RunningHttp:
    """What serves an http block. addresses: those it is served at, where they are not the configuration's own."""
    return RunningHttp(http, http.addresses if addresses is None else addresses, trusted_hosts or {}, Getters(http))


def listeners(http: RunningHttp) -> tuple[Listener, ...]:
    """A listener for each socket to open. Addresses that a `*` of the same port covers have none of their own."""
    made = {address.listen.key: Listener(http, address) for address in http.addresses}
    sockets: list[Listener] = []
    for listener in made.values():
        cover = _cover(listener.listen, made)
        if cover is None:
            sockets.append(listener)
        else:
            made[cover].local[listener.listen.host] = listener
    return tuple(sockets)


def own_sockets(addresses: tuple[ServedAddress, ...]) -> list[ServedAddress]:
    """The addresses that have a socket of their own."""
    keys = {address.listen.key for address in addresses}
    return [address for address in addresses if _cover(address.listen, keys) is None]


def _cover(listen: ListenAddress, keys: Container[tuple[bytes, int, bytes | None, bool]]) -> tuple[bytes, int, None, bool] | None:
    """The key of the `*` of the same port whose socket takes an address's connections; None where it has its own."""
    wildcard = (b"::" if listen.ipv6 else b"", listen.port, None, listen.ipv6)
    own_socket = listen.path is not None or any(name not in _OF_CONNECTIONS for name, _ in listen.options)
    return None if own_socket or wildcard == listen.key or wildcard not in keys else wildcard


class Found(enum.Enum):
    """How far a search for a location came; nginx's return codes of the lookup."""

    NOTHING = "nothing"
    PREFIX = "prefix"  # a prefix matches; a regular expression of an outer level may still win
    FINAL = "final"  # an exact location or a regular expression
    REDIRECT = "redirect"  # the location is the URI with a slash behind it, and it redirects there


def find_location(request: Request) -> Found:
    """Find the location for the request's URI below the one it is in, and put the request there.

    The location does not change where nothing is found. A regular expression that matches sets the captures.
    """
    locations = request.location.locations
    if locations is None:
        return Found.NOTHING
    uri = request.uri
    recorder = request.recorder
    exact = locations.exact.get(uri)
    if exact is not None:
        request.location = exact
        if recorder is not None:
            recorder.note(Phase.LOCATION, "is exactly the URI: no other is looked at", exact.statement)
        return Found.FINAL
    prefix = _longest_prefix(locations.prefix, uri)
    if locations.redirects and (prefix is None or len(prefix.name) < len(uri)):
        redirect = locations.redirects.get(uri + b"/")
        if redirect is not None:
            request.location = redirect
            if recorder is not None:
                recorder.note(Phase.LOCATION, "is the URI but for its last slash: redirects there", redirect.statement)
            return Found.REDIRECT
    found = Found.NOTHING
    if prefix is not None:
        request.location = prefix
        if recorder is not None:
            recorder.note(Phase.LOCATION, f"is the longest prefix of {quoted(uri)}", prefix.statement)
        found = find_location(request)
        if found is Found.FINAL or found is Found.REDIRECT:
            return found
        found = Found.PREFIX
        if prefix.match is LocationMatch.PREFIX_NO_REGEX:
            if recorder is not None:
                recorder.note(Phase.LOCATION, "has ^~: no regular expression is tried", prefix.statement)
            return found
    for location in locations.regex:
        assert location.pattern is not None
        matches = run_pattern(request, location.pattern, uri)
        if recorder is not None:
            outcome = "matches" + captured(request, location.pattern) if matches else "does not match"
            recorder.note(Phase.LOCATION, outcome, location.statement)
        if matches:
            request.location = location
            find_location(request)
            return Found.FINAL
    return found


def _longest_prefix(prefixes: tuple[Location, ...], uri: bytes) -> Location | None:
    for location in prefixes:
        if uri.startswith(location.name):
            return location
    return None
