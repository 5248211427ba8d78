"""Redirects to the configuration's own names lead to the addresses on which it is served here (`ngxpush run`).

A production file redirects to `https://www.example.com`: from a laptop that leads to the real site. Here it leads to the port
that stands for 443 on this machine, by the name or address that the client has used: `https://localhost:8443`. Where that one
would reach another server of the port, the server's own name stays, with the port. What counts is where an answer leads, not how
the configuration or an application behind it came to that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import Struct

from ..config.configuration import ListenAddress, ServedAddress, Server
from ..config.pattern import Pattern, PatternFailed
from ..config.tls_addresses import has_tls
from ..config.wildcards import Wildcards
from ..numbers import parse_decimal
from .body_output import Output
from .request import Request
from .routing import names_of
from .status import OK, REDIRECTS

_URL = re.compile(rb"(?P<scheme>https?)://(?P<host>\[[^]]*\]|[^/:?#@]+)(?::(?P<port>[0-9]{1,5}))?(?P<rest>[/?#].*|)", re.I | re.S)
_USUAL_PORTS = {b"http": 80, b"https": 443}
_CREATED = 201
_LOCATION, _REFRESH = b"location", b"refresh"
# `3; url=https://www.example.com/`, with or without quotes.
_URL_OF_REFRESH = re.compile(rb"([^=]*url\s*=\s*['\"]?)([^'\"\s]+)(.*)", re.I | re.S)


class _Address(Struct, frozen=True, eq=False):
    """An address of the configuration. asked: as it is written.  served: what it is on this machine."""

    asked: ListenAddress
    served: ListenAddress
    tls: bool
    default: Server
    names: Wildcards[Server]
    patterns: list[tuple[Pattern, Server]]

    def named(self, host: bytes) -> Server | None:
        """The server with that name."""
        found = self.names.find(host)
        if found is not None:
            return found
        return next((server for pattern, server in self.patterns if _matches(pattern, host)), None)

    def reached(self, host: bytes) -> Server:
        """The server that a client reaches by that name."""
        return self.named(host) or self.default


class LocalRedirects:
    """Where redirects lead. addresses: each as it is written, and as it is served on this machine."""

    def __init__(self, addresses: Iterable[tuple[ServedAddress, ServedAddress]]) -> None:
        self._addresses = [_address(asked, served) for asked, served in addresses if asked.listen.path is None]

    @property
    def has_https(self) -> bool:
        """Whether a server has TLS on https's own port, as the configuration writes it."""
        return any(address.tls and address.asked.port == _USUAL_PORTS[b"https"] for address in self._addresses)

    def filter_header(self, request: Request, output: Output) -> int:
        """The header filter: it comes last."""
        response = request.response
        has_location = response.status in REDIRECTS or response.status == _CREATED
        if has_location and response.location is not None:
            response.location = self.lead(request, response.location)
        for index, (name, value) in enumerate(response.headers):
            key = name.lower()
            if has_location and key == _LOCATION:
                response.headers[index] = name, self.lead(request, value)
            elif key == _REFRESH and (parts := _URL_OF_REFRESH.fullmatch(value)) is not None:
                response.headers[index] = name, parts[1] + self.lead(request, parts[2]) + parts[3]
        return OK

    def lead(self, request: Request, location: bytes) -> bytes:
        """Where a redirect leads; `location` itself where that is none of the configuration's own names."""
        url = _URL.fullmatch(location)
        if url is None:
            return location
        scheme, host = url["scheme"].lower(), url["host"].lower()
        port = self._port(request, scheme, host, url["port"])
        asked = request.input.host or b""
        address = self._find(scheme, host, port, asked)
        if address is None:
            return location
        if address.reached(host) is address.reached(asked):
            host = _host_for(address.served, request)
        usual = address.served.port == _USUAL_PORTS[scheme]
        there = host if usual else b"%b:%d" % (host, address.served.port)
        return b"%b://%b%b" % (scheme, there, url["rest"])

    def _port(self, request: Request, scheme: bytes, host: bytes, written: bytes | None) -> int | None:
        """The port that a URL means, as the configuration writes it.

        `$http_host` has the port that the client has used: that of this machine, where elsewhere the usual one is not written.
        """
        port = None if written is None else parse_decimal(written)
        if written is None or port in [address.asked.port for address in self._addresses]:
            return port or _USUAL_PORTS[scheme]
        if b"%b:%b" % (host, written) not in map(bytes.lower, request.input.headers.get_all(b"host")):
            return port
        served = [address for address in self._addresses if address.served.port == port and address.tls is (scheme == b"https")]
        return served[0].asked.port if served else _USUAL_PORTS[scheme]

    def is_reached(self, host: bytes, scheme: bytes) -> bool | None:
        """Whether a client that does not use that name reaches its server all the same; None: no server has the name."""
        address = self._find(scheme, host, _USUAL_PORTS[scheme], b"")
        return None if address is None else address.named(host) is address.default

    def _find(self, scheme: bytes, host: bytes, port: int | None, asked: bytes) -> _Address | None:
        """The address that a URL means: a server there has the host's name, or the client has used it."""
        tls = scheme == b"https"
        for address in self._addresses:
            if address.asked.port == port and address.tls is tls and (host == asked or address.named(host) is not None):
                return address
        return None


def _address(asked: ServedAddress, served: ServedAddress) -> _Address:
    names, patterns = names_of(asked.servers)
    tls = has_tls(asked.listen, asked.default_server)
    return _Address(asked.listen, served.listen, tls, asked.default_server, names, patterns)


def _matches(pattern: Pattern, host: bytes) -> bool:
    try:
        return pattern.search(host) is not None
    except PatternFailed:
        return False


def _host_for(served: ListenAddress, request: Request) -> bytes:
    """By what this client reaches an address: what it has used, unless that is another address than the one served."""
    connection = request.connection
    if served.is_wildcard or served.host == connection.server_addr:
        return request.input.host or connection.server_addr
    return b"[%b]" % served.host if served.ipv6 else served.host
