"""Whether clients reach a location through another server, as far as the configuration shows it."""

from __future__ import annotations

from collections.abc import Set

from ..config.addresses import Address, InvalidAddress, parse_address
from ..config.directive import Scope
from ..config.directives.gateways.slots import PassTarget
from ..config.directives.upstream.group import UpstreamServer
from ..config.places import Context
from .subject import Subject, enclosing

_REAL_ADDRESSES = ("set_real_ip_from", "real_ip_header")
_TIMEOUTS = ("proxy_read_timeout", "proxy_send_timeout")
_OF_THIS_MACHINE = (b"127.0.0.1", b"localhost", b"::1", b"*", b"0.0.0.0", b"::")

Place = bytes | int
"""A place on this machine where requests arrive: a unix socket's path or a port."""


def sign_of_proxy(scope: Scope, asked: Set[Place]) -> str:
    """The directive that shows that a proxy stands before this location, or "". asked: see `asked_places`."""
    for name in _REAL_ADDRESSES:
        if scope.effective(name) is not None:
            return name
    for name in _TIMEOUTS:
        # One in an outer block is there for requests that the server passes on itself.
        if scope.own(name) is not None:
            return name
    if any(setting.statement.arguments[0].lower() == b"x-accel-buffering" for setting in scope.effective_all("add_header")):
        return "X-Accel-Buffering"
    server = enclosing(scope, Context.SERVER)
    if server is None:
        return ""
    if any(b"proxy_protocol" in setting.statement.arguments for setting in server.all("listen")):
        return "listen … proxy_protocol"
    return "proxy_pass" if listened_places(server) & asked else ""


def listened_places(server: Scope) -> set[Place]:
    """Where a server listens."""
    listens = [setting.value for setting in server.all("listen") if setting.value is not None]
    return {place(address) for listen in listens for address in listen.addresses}


def asked_places(subject: Subject) -> set[Place]:
    """Where on this machine the configuration passes requests on to."""
    asked = [address for scope in subject.scopes(Context.LOCATION) if (address := target(scope)) is not None]
    for scope in subject.scopes(Context.UPSTREAM):
        for setting in scope.all("server"):
            if isinstance(setting.value, UpstreamServer):
                asked += _parsed(setting.value.address)
    return {place(address) for address in asked if address.path is not None or address.host in _OF_THIS_MACHINE}


def target(scope: Scope) -> Address | None:
    """The address the location's proxy_pass names, of a server or an upstream; None where there is none, or it has variables."""
    setting = scope.own("proxy_pass")
    value = setting.value if setting is not None else None
    return value.address if isinstance(value, PassTarget) else None


def place(address: Address) -> Place:
    """The path or port of an address."""
    return address.path if address.path is not None else address.port or 80


def _parsed(text: bytes) -> list[Address]:
    try:
        return [parse_address(text, default_port=80)]
    except InvalidAddress:
        return []
