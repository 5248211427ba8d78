"""What the directives of an http block declare for each other while it is read: addresses, upstreams, log formats."""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field

from .addresses import Address
from .directive import DirectiveUse, Scope
from .places import Context
from .text import shown
from .tree import Position
from .variables import Variables


class DeclaredUpstream(Struct, eq=False):
    """An upstream by name, or a host that a `…_pass` names.

    defined: by an `upstream` block.  port: of the `…_pass`, 0 when it has none; no_port: none was written.
    balancer: whether a load balancing method was chosen.
    """

    name: bytes
    port: int
    no_port: bool
    position: Position
    defined: bool = False
    numeric: bool = False
    balancer: str | None = None


class ListenPlace(Struct, eq=False):
    """One address to listen on: its servers in order, and which of them is the default.

    ssl: whether connections to it speak TLS.
    text: the address as nginx writes it: `0.0.0.0:80`, `[::]:80`, `unix:/path`; of a stream server for UDP, with ` udp` after it.
    """

    text: str
    port: int
    wildcard: bool
    bind: bool = False
    options_set: bool = False
    ssl: bool = False
    default_server: Scope | None = None
    servers: list[Scope] = field(default_factory=list)

    @property
    def port_key(self) -> tuple[int, str]:
        """The same for all addresses that a wildcard address of the same port covers."""
        family = self.text if self.port == 0 else "[" if self.text.startswith("[") else ""
        return self.port, family + (" udp" if self.text.endswith(" udp") else "")


class HttpBlock(Struct, eq=False):
    """The value of the scope of an http block.

    merged: the blocks inside it whose settings nginx merges, once it is complete (`directives.http.merged`).
    used: the directives that are used in those.
    """

    variables: Variables
    upstreams: list[DeclaredUpstream] = field(default_factory=list)
    listens: dict[str, ListenPlace] = field(default_factory=dict)

    # The formats (`directives.http.log.LogFormat`) by name; None for one that was refused.
    log_formats: dict[bytes, Any] = field(default_factory=dict)

    # The upstreams of each `upstream_list` (set-misc), by its name.
    upstream_lists: dict[bytes, tuple[bytes, ...]] = field(default_factory=dict)

    merged: list[Scope] = field(default_factory=list)
    used: set[str] = field(default_factory=set)

    # The upstreams by name, in lower case. Hosts with different ports have the same name.
    _by_name: dict[bytes, list[DeclaredUpstream]] = field(default_factory=dict)

    def sockets(self) -> int:
        """How many sockets the addresses need. A wildcard's is also that of all addresses of its port that have no options."""
        covered = {place.port_key for place in self.listens.values() if place.wildcard}
        return sum(place.wildcard or place.bind or place.port_key not in covered for place in self.listens.values())

    def define_upstream(self, name: bytes, position: Position) -> tuple[str, Position] | None:
        """Define an upstream. If its name can't be defined: nginx's message and the place the message names."""
        for known in self._same(name):
            if known.defined:
                return f'duplicate upstream "{shown(name)}"', position
            if not known.no_port:
                return f'upstream "{shown(name)}" may not have port {known.port}', known.position
            known.defined = True
            known.position = position
            return None
        self._add(DeclaredUpstream(name, 0, True, position, defined=True))
        return None

    def use_upstream(self, address: Address, position: Position) -> str | None:
        """Use the host or upstream that a `…_pass` names; nginx's message if it may not be used."""
        name = address.text if address.path is not None else address.written_host
        for known in self._same(name):
            if known.defined and not address.no_port:
                return f'upstream "{shown(name)}" may not have port {address.port}'
            if known.defined or not known.port or not address.port or known.port == address.port:
                return None
        port = address.port
        self._add(DeclaredUpstream(name, port, address.no_port, position, numeric=address.path is not None))
        return None

    def upstream(self, name: bytes) -> DeclaredUpstream | None:
        """The upstream that an `upstream` block has defined; None if there is none yet."""
        return next((known for known in self._same(name) if known.defined), None)

    def _same(self, name: bytes) -> list[DeclaredUpstream]:
        return self._by_name.get(name.lower(), [])

    def _add(self, upstream: DeclaredUpstream) -> None:
        self.upstreams.append(upstream)
        self._by_name.setdefault(upstream.name.lower(), []).append(upstream)


def declared(use: DirectiveUse) -> HttpBlock:
    """What the http block around a directive declares; or the stream block, which also declares upstreams and log formats."""
    block = use.scope.enclosing(Context.HTTP | Context.STREAM).value
    assert isinstance(block, HttpBlock)
    return block


def group_of(use: DirectiveUse) -> DeclaredUpstream | None:
    """The upstream whose block a directive stands in; None if the upstream was refused."""
    name = use.scope.value
    return None if name is None else declared(use).upstream(name)
