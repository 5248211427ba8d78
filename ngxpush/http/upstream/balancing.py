"""The load balancing methods: round robin, hash, ip_hash, least_conn, random.

Recordings: core_access_proxy/upstream-weights, upstream-hash-and-ip-hash.
"""

from __future__ import annotations

import bisect
import ipaddress
import zlib
from collections.abc import Callable, Iterator, Sequence
from itertools import count

from ...config.directives.upstream.group import Hash, IpHash, LeastConn, Random
from ..request import Request
from ..variables.evaluation import evaluate
from .peers import Balancer, Peer, PeerGroup

# After how many hashes that point at servers that can't be used the servers are taken in turns.
_MOST_REHASHES = 20
# The points each unit of weight has on the ring of a consistent hash.
_POINTS = 160


def balancer(request: Request, group: PeerGroup) -> Balancer:
    """The group's method for one request."""
    method = None if group.settings is None else group.settings.method
    if isinstance(method, Hash):
        key = evaluate(request, method.key)
        if not key:
            return RoundRobin()
        return ConsistentHash(key) if method.consistent else ByHash(key_hashes(key))
    if isinstance(method, IpHash):
        return ByHash(client_hashes(request.connection.remote_addr))
    if isinstance(method, LeastConn):
        return LeastConnections()
    if isinstance(method, Random):
        return ByChance(request.connection.process.random, method.two)
    return RoundRobin()


def _take_turn(peers: Sequence[Peer], now: float) -> Peer | None:
    """Smooth weighted round robin: a heavy server's turns are spread between those of the others."""
    best: Peer | None = None
    total = 0
    for peer in peers:
        peer.current_weight += peer.effective_weight
        total += peer.effective_weight
        if peer.effective_weight < peer.server.weight:
            peer.effective_weight += 1
        if best is None or peer.current_weight > best.current_weight:
            best = peer
    if best is not None:
        best.current_weight -= total
        _check(best, now)
    return best


def _check(peer: Peer, now: float) -> None:
    """Note the time if a server that has failed is tried again."""
    if int(now) - peer.checked > peer.server.fail_timeout:
        peer.checked = int(now)


def _candidates(peers: Sequence[Peer], tried: set[Peer], now: float) -> list[Peer]:
    return [peer for peer in peers if peer not in tried and peer.usable(now)]


class RoundRobin:
    """The servers in turns, by weight."""

    def choose(self, peers: Sequence[Peer], tried: set[Peer], now: float) -> Peer | None:
        return _take_turn(_candidates(peers, tried, now), now)


class LeastConnections:
    """The server with the fewest requests for its weight. Several such servers are taken in turns."""

    def choose(self, peers: Sequence[Peer], tried: set[Peer], now: float) -> Peer | None:
        candidates = _candidates(peers, tried, now)
        least = min((peer.conns / peer.server.weight for peer in candidates), default=0.0)
        return _take_turn([peer for peer in candidates if peer.conns / peer.server.weight == least], now)


class ByHash:
    """The server a hash points at, each with as many places as its weight. If it can't be used, the next hash decides."""

    def __init__(self, hashes: Iterator[int]) -> None:
        self._hashes = hashes
        self._rehashes = 0

    def choose(self, peers: Sequence[Peer], tried: set[Peer], now: float) -> Peer | None:
        total = sum(peer.server.weight for peer in peers)
        while self._rehashes <= _MOST_REHASHES:
            peer = _at(peers, next(self._hashes) % total)
            if peer not in tried and peer.usable(now):
                _check(peer, now)
                return peer
            self._rehashes += 1
        return RoundRobin().choose(peers, tried, now)


def _at(peers: Sequence[Peer], place: int) -> Peer:
    for peer in peers:
        place -= peer.server.weight
        if place < 0:
            return peer
    return peers[-1]


def key_hashes(key: bytes) -> Iterator[int]:
    """`hash KEY`: from the CRC32 of the key, then of the key with the number of the attempt before it."""
    hashed = 0
    for attempt in count():
        crc = zlib.crc32(b"%d%b" % (attempt, key) if attempt else key)
        hashed += crc >> 16 & 0x7FFF
        yield hashed


def client_hashes(address: bytes) -> Iterator[int]:
    """`ip_hash`: from the first three bytes of an IPv4 address or all of an IPv6 one."""
    try:
        parsed = ipaddress.ip_address(address.decode("latin-1"))
    except ValueError:
        packed = bytes(3)
    else:
        packed = parsed.packed[:3] if parsed.version == 4 else parsed.packed
    hashed = 89
    while True:
        for byte in packed:
            hashed = (hashed * 113 + byte) % 6271
        yield hashed


class ConsistentHash:
    """`hash KEY consistent`: the server whose point on a ring comes next after the key's (Ketama)."""

    def __init__(self, key: bytes) -> None:
        self._hash = zlib.crc32(key)
        self._rehashes = 0

    def choose(self, peers: Sequence[Peer], tried: set[Peer], now: float) -> Peer | None:
        points = _ring(peers)
        while self._rehashes <= _MOST_REHASHES:
            place = bisect.bisect_left(points, (self._hash,))
            server = points[place % len(points)][1]
            usable = [peer for peer in _candidates(peers, tried, now) if peer.server.address == server]
            peer = _take_turn(usable, now)
            if peer is not None:
                return peer
            self._hash = points[place % len(points)][0] + 1
            self._rehashes += 1
        return RoundRobin().choose(peers, tried, now)


def _ring(peers: Sequence[Peer]) -> list[tuple[int, bytes]]:
    """The points of the servers, in order. If two servers have the same point, it belongs to the first."""
    points: dict[int, bytes] = {}
    servers = {peer.server.address: peer.server.weight for peer in peers}
    for server, weight in servers.items():
        if server.startswith(b"unix:"):
            host, port = server[5:], b""
        else:
            host, _, port = server.rpartition(b":") if server.rpartition(b":")[2].isdigit() else (server, b"", b"")
        base = zlib.crc32(port, zlib.crc32(b"\0", zlib.crc32(host)))
        previous = 0
        for _ in range(weight * _POINTS):
            previous = zlib.crc32(previous.to_bytes(4, "little"), base)
            points.setdefault(previous, server)
    return sorted(points.items())


class ByChance:
    """`random`: a random server, by weight; with `two`, the one of two random servers that has fewer requests."""

    def __init__(self, random: Callable[[int], bytes], two: bool) -> None:
        self._random = random
        self._two = two

    def choose(self, peers: Sequence[Peer], tried: set[Peer], now: float) -> Peer | None:
        candidates = _candidates(peers, tried, now)
        if not candidates:
            return None
        drawn = self._draw(candidates)
        others = [peer for peer in candidates if peer is not drawn]
        if self._two and others:
            other = self._draw(others)
            if other.conns * drawn.server.weight < drawn.conns * other.server.weight:
                drawn = other
        _check(drawn, now)
        return drawn

    def _draw(self, peers: Sequence[Peer]) -> Peer:
        """Choose a random server, with a probability in proportion to its weight."""
        chances = sum(peer.server.weight for peer in peers)
        return _at(peers, int.from_bytes(self._random(8), "big") % chances)
