"""The hosts to which requests are passed: looked up once, when a configuration is set up, as nginx does it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ...config.addresses import Address, parse_address
from ...config.configuration import Http
from ...config.directives.gateways.passed import passed_addresses
from ...config.text import shown
from ..system.hosts import Addresses, look_up


def upstream_hosts(http: Http, look_up: Callable[[str], Addresses] = look_up) -> dict[bytes, Addresses]:
    """The addresses of each host that an upstream or a `…_pass` names. One that is not found any more has none here."""
    found = {}
    for host in dict.fromkeys(address.host for address in _named(http) if not address.numeric):
        try:
            found[host] = look_up(shown(host))
        except (OSError, UnicodeError):
            continue
    return found


def _named(http: Http) -> Iterator[Address]:
    for group in http.upstreams.values():
        yield from (parse_address(server.address, default_port=80) for server in group.servers)
    yield from (address for address in passed_addresses(http) if address.host.lower() not in http.upstreams)
