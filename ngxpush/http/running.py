"""What a running server adds to its http block, which is frozen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from ..config.addresses import Network
from ..config.configuration import Http, Location, ServedAddress, Settings


class RunningHttp(Struct, eq=False):
    """An http block that is served.

    addresses: the configuration's addresses, with the ports they have on this machine.
    trusted_hosts: the addresses of the hosts that set_real_ip_from names.
    getters: the functions that give variables their values, by name (`variables.table.Getters`).
    tls: what OpenSSL has made of the TLS settings of servers (`server.tls.server_contexts.ServerContexts`); None without any.
    hosts: the addresses of the hosts to which requests are passed, as they were found at start; those of others are looked up.
    targets: the hosts, ports and paths that a PREFIX_pass without variables names, with host names in lower case.
    rotations: the last numbers of set_rotate, by the location's `id`.
    peers: the servers of upstreams with their state, by the group's name in lower case (`upstream.peers.PeerGroup`).
    ways: the handlers that a location needs, from a place in the phases on (`phases`).
    cannot_wait: what says whether a request in a location need not wait (`phases`); None where it may have to.
    header_filters: the header filters that a location needs (`output`).
    unfiltered: whether no header filter has anything to do with an answer of a location (`whole_answer`).
    last_heads: the last head of a location's answer, and before it what it was made of (`whole_answer`).
    last_chunks: the last answer in chunks of a location: its head, its pieces, the answer (`whole_answer`).
    head_lines: the header lines that each answer of a location has (`filters.header`).
    redirects: where redirects lead that are not to leave this machine (`local_redirects.LocalRedirects`); None: where they say.
    caches: the caches by the name of their zone (`cache.shelf.Shelf`); none where nothing is cached (`ngxpush explain`).
    """

    configuration: Http
    addresses: tuple[ServedAddress, ...]
    trusted_hosts: Mapping[bytes, tuple[Network, ...]]
    getters: dict[bytes, Any]
    tls: Any = None
    peers: dict[bytes, Any] = field(default_factory=dict)
    caches: Mapping[bytes, Any] = field(default_factory=dict)
    targets: frozenset[tuple[bytes, int, bytes | None]] = frozenset()
    hosts: Mapping[bytes, list[tuple[bytes, bool]]] = field(default_factory=dict)
    rotations: dict[int, int] = field(default_factory=dict)
    ways: dict[tuple[Location, int], Any] = field(default_factory=dict)
    cannot_wait: dict[Location, Any] = field(default_factory=dict)
    header_filters: dict[Location, Any] = field(default_factory=dict)
    unfiltered: dict[Location, bool] = field(default_factory=dict)
    last_heads: dict[Location, tuple[Any, bytes]] = field(default_factory=dict)
    last_chunks: dict[Location, tuple[bytes, Any, bytes]] = field(default_factory=dict)
    head_lines: dict[Location, Any] = field(default_factory=dict)
    redirects: Any = None

    def of(self, kind: type[Settings]) -> Settings:
        """The settings of this class that there are once for http."""
        return self.configuration.of(kind)
