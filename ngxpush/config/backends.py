"""The servers of this machine that a configuration passes requests on to, as far as it names them."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from .addresses import Address, InvalidAddress, parse_address
from .directive import Scope, Setting
from .directives.gateways.slots import PassTarget
from .directives.upstream.group import UpstreamServer
from .places import Context
from .text import shown
from .tree import Statement

_HTTP, _HTTPS = 80, 443
_OF_THIS_MACHINE = (b"localhost", b"::1")


class Backend(Struct, frozen=True):
    """A server of this machine. statement: the `…_pass`, or the `server` of an upstream, whose first argument names it.

    path: of a unix socket; None for a host, which is a loopback address or `localhost`, and a port.
    """

    statement: Statement
    host: str
    port: int
    path: str | None = None

    @property
    def text(self) -> str:
        """The address as it is written in a configuration."""
        if self.path is not None:
            return f"unix:{self.path}"
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def local_backends(root: Scope) -> list[Backend]:
    """Those of this machine, in the order of the file, without those where the configuration itself listens."""
    # The ports of stream and mail are not opened, so nothing is passed on from there.
    scopes = [scope for block in root.scopes if block.context is Context.HTTP for scope in block.walk()]
    upstreams = {scope.statement.arguments[0] for scope in scopes if scope.context is Context.UPSTREAM and scope.statement}
    own = {_place(address) for scope in scopes for setting in scope.all("listen") for address in _listened(setting)}
    found: list[Backend] = []
    for scope in scopes:
        for setting in scope.settings:
            for address, port in _passed_to(setting, upstreams):
                if _is_local(address) and _place(address, port) not in own:
                    found.append(_backend(setting.statement, address, port))
    return found


def _backend(statement: Statement, address: Address, port: int) -> Backend:
    path = None if address.path is None else shown(address.path)
    return Backend(statement, shown(address.host), address.port or port, path)


def _passed_to(setting: Setting, upstreams: set[bytes]) -> Iterator[tuple[Address, int]]:
    """The address that a directive passes requests on to, and its port where none is written."""
    value = setting.value
    if isinstance(value, PassTarget) and value.address is not None and value.address.host not in upstreams:
        yield value.address, _HTTPS if value.scheme in (b"https", b"grpcs") else _HTTP
    elif isinstance(value, UpstreamServer) and not value.down:
        try:
            yield parse_address(value.address, default_port=_HTTP), _HTTP
        except InvalidAddress:
            return  # nginx has refused it


def _listened(setting: Setting) -> tuple[Address, ...]:
    return () if setting.value is None else tuple(setting.value.addresses)


def _is_local(address: Address) -> bool:
    return address.path is not None or address.host in _OF_THIS_MACHINE or address.host.startswith(b"127.")


def _place(address: Address, port: int = _HTTP) -> bytes | int:
    """The path or port of an address."""
    return address.path if address.path is not None else address.port or port
