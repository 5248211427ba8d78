"""The servers of a group, their state, and the choice of one for a request.

As in nginx each worker has a state of its own. Recordings: core_access_proxy/upstream-*.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct, field

from ...config.addresses import Address
from ...config.directives.upstream.group import UpstreamGroup, UpstreamServer
from .connection import TlsSessions
from .keepalive import IdleConnections


class Peer(Struct, eq=False):
    """An address of a server of a group, and its state."""

    # As $upstream_addr shows it.
    name: bytes

    host: bytes
    port: int
    path: bytes | None

    # The `server` line. One line with a host name may stand for several peers.
    server: UpstreamServer

    # For the smooth weighted round robin: grows by the effective weight at each choice.
    current_weight: int = 0

    # For the same: a failure lowers it; after that it recovers step by step.
    effective_weight: int = 1

    # Failures since `checked`.
    fails: int = 0

    # The time of the last failure, seconds since the epoch.
    accessed: float = 0.0

    # When the server was last tried after failures, seconds since the epoch.
    checked: float = 0.0

    # The requests it has now.
    conns: int = 0

    # The TLS sessions that may be resumed.
    sessions: TlsSessions = field(default_factory=TlsSessions)

    def __post_init__(self) -> None:
        self.effective_weight = self.server.weight

    def usable(self, now: float) -> bool:
        """Whether a request may be sent to it: it is not down, not failing, not full."""
        server = self.server
        if server.down or (server.max_conns and self.conns >= server.max_conns):
            return False
        return not (server.max_fails and self.fails >= server.max_fails and int(now) - self.checked <= server.fail_timeout)

    def failed(self, now: float) -> bool:
        """Count a failure. True if the server is not used from now on."""
        server = self.server
        self.fails += 1
        self.accessed = self.checked = int(now)
        if server.max_fails:
            self.effective_weight = max(0, self.effective_weight - server.weight // server.max_fails)
        return bool(server.max_fails) and self.fails >= server.max_fails

    def succeeded(self) -> None:
        """A request has succeeded: failures before the last check no longer count."""
        if self.accessed < self.checked:
            self.fails = 0


class PeerGroup(Struct, eq=False):
    """The peers of an `upstream`, or of the address a `proxy_pass` names.

    idle: the connections kept open for further requests; None if none are kept.
    """

    name: bytes
    primary: list[Peer]
    backup: list[Peer] = field(default_factory=list)
    settings: UpstreamGroup | None = None
    idle: IdleConnections | None = None

    @property
    def single(self) -> bool:
        """Whether there is only one peer. Its failures are not counted."""
        return len(self.primary) == 1 and not self.backup


class Balancer(Protocol):
    """A load balancing method, for one request."""

    def choose(self, peers: Sequence[Peer], tried: set[Peer], now: float) -> Peer | None:
        """The next peer; None if there is none left to try."""


class Selection:
    """The peers that one request tries, in order. tries: how many more it may try."""

    def __init__(self, group: PeerGroup, balancer: Balancer, most: int) -> None:
        self._group = group
        self._balancer = balancer
        self._tried: set[Peer] = set()
        self._peers: Sequence[Peer] = group.primary
        in_use = sum(not peer.server.down for peer in [*group.primary, *group.backup])
        self.tries = min(in_use, most) if most else in_use

    def next(self, now: float) -> Peer | None:
        """The peer to try now; None if none is left. The request counts for it until `free`."""
        peer = self._choose(now)
        if peer is None and self._peers is self._group.primary and self._group.backup:
            self._peers = self._group.backup
            peer = self._choose(now)
        if peer is not None:
            self._tried.add(peer)
            peer.conns += 1
        return peer

    def _choose(self, now: float) -> Peer | None:
        if self._group.single:
            peer = self._group.primary[0]
            server = peer.server
            full = server.max_conns and peer.conns >= server.max_conns
            return None if server.down or full else peer
        return self._balancer.choose(self._peers, self._tried, now)

    def free(self, peer: Peer, failed: bool, now: float) -> bool:
        """The peer has ended the request. True if the peer is not used from now on."""
        peer.conns -= 1
        if self._group.single:
            self.tries = 0
            return False
        self.tries = max(0, self.tries - 1)
        if failed:
            return peer.failed(now)
        peer.succeeded()
        return False


def peer_name(address: Address, host: bytes, ipv6: bool) -> bytes:
    """`127.0.0.1:80`, `[::1]:80`, `unix:/path`."""
    if address.path is not None:
        return b"unix:" + address.path
    return b"[%b]:%d" % (host, address.port) if ipv6 else b"%b:%d" % (host, address.port)
