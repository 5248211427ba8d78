"""Which server a request goes to. The orders are those of nginx 1.22.1 for these groups."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from ngxpush.config.directives.upstream import UpstreamServer
from ngxpush.http.upstream.balancing import (
    ByChance,
    ByHash,
    ConsistentHash,
    LeastConnections,
    RoundRobin,
    client_hashes,
    key_hashes,
)
from ngxpush.http.upstream.peers import Balancer, Peer, PeerGroup, Selection

from .servers import OK, ProxiedSite, Server, location


def peers(*weights: int, **parameters: int) -> list[Peer]:
    return [
        Peer(b"%c" % (97 + place), b"127.0.0.1", 80, None, UpstreamServer(b"127.0.0.1:%d" % (81 + place), weight, **parameters))
        for place, weight in enumerate(weights)
    ]


def chosen(balancer: Balancer, group: Sequence[Peer], times: int) -> str:
    found = [balancer.choose(group, set(), 100.0) for _ in range(times)]
    return "".join(peer.name.decode() if peer is not None else "-" for peer in found)


def test_round_robin_spreads_by_weight() -> None:
    assert chosen(RoundRobin(), peers(1, 1), 4) == "abab"
    assert chosen(RoundRobin(), peers(3, 1), 8) == "aabaaaba"
    assert chosen(RoundRobin(), peers(5, 1, 2), 8) == "acaabaca"


def test_what_is_down_failing_full_or_tried_is_left_out() -> None:
    group = peers(1, 1, 1, 1)
    group[0].fails, group[0].checked = 1, 100.0
    group[1].server = UpstreamServer(b"x", down=True)
    group[2].server, group[2].conns = UpstreamServer(b"x", max_conns=1), 1
    assert chosen(RoundRobin(), group, 2) == "dd"
    assert RoundRobin().choose(group, {group[3]}, 100.0) is None
    assert RoundRobin().choose(group, {group[3]}, 111.0) is group[0]


def test_least_connections_by_weight_and_in_turns() -> None:
    group = peers(2, 1)
    group[0].conns, group[1].conns = 2, 1
    assert chosen(LeastConnections(), group, 3) == "aba"
    group[0].conns = 3
    assert chosen(LeastConnections(), group, 3) == "bbb"


@pytest.mark.parametrize(("key", "server"), [(b"a", "b"), (b"b", "a"), (b"d", "b"), (b"room-1", "a"), (b"room-2", "b")])
def test_hash(key: bytes, server: str) -> None:
    assert chosen(ByHash(key_hashes(key)), peers(1, 1), 1) == server


@pytest.mark.parametrize("consistent", ["", "consistent"])
def test_without_a_key_servers_take_turns(consistent: str) -> None:
    group = f"upstream app {{ hash $arg_k {consistent}; server 127.0.0.1:81; server 127.0.0.1:82; }}"
    site = ProxiedSite(group + location("", "http://app"), *[Server(OK) for _ in range(4)])
    for _ in range(4):
        site.get("/")
    assert site.opened == [b"127.0.0.1:81", b"127.0.0.1:82"] * 2


def test_a_hash_moves_on_from_a_server_that_can_not_be_used() -> None:
    group = peers(1, 1)
    first = ByHash(key_hashes(b"a")).choose(group, set(), 0.0)
    assert first is not None
    second = ByHash(key_hashes(b"a")).choose(group, {first}, 0.0)
    assert second is not None
    assert second is not first
    assert ByHash(key_hashes(b"a")).choose(group, set(group), 0.0) is None


@pytest.mark.parametrize("address", [b"127.0.0.1", b"10.1.2.3", b"::1", b"unix:"])
def test_a_client_keeps_its_server(address: bytes) -> None:
    assert len({chosen(ByHash(client_hashes(address)), peers(1, 2, 1), 1) for _ in range(3)}) == 1
    assert next(client_hashes(b"127.0.0.1")) == next(client_hashes(b"127.0.0.99"))


def test_a_consistent_hash_moves_few_keys() -> None:
    def servers(group: list[Peer]) -> dict[bytes, str]:
        return {key: chosen(ConsistentHash(key), group, 1) for key in (b"%d" % number for number in range(60))}

    before, after = servers(peers(1, 1, 1)), servers(peers(1, 1))
    assert set(before.values()) == {"a", "b", "c"}
    assert all(after[key] == server for key, server in before.items() if server != "c")


def drawing(*numbers: int) -> Callable[[int], bytes]:
    """A source of chance that gives these numbers."""
    left = list(numbers)
    return lambda count: left.pop(0).to_bytes(count, "big")


def test_chance_has_regard_to_weights() -> None:
    assert chosen(ByChance(drawing(0, 1, 2, 3, 4, 7), two=False), peers(1, 3), 6) == "abbbab"


def test_chance_takes_the_emptier_of_two() -> None:
    group = peers(1, 1)
    group[0].conns = 5
    assert chosen(ByChance(drawing(0, 0, 1, 0), two=True), group, 2) == "bb"


def test_a_selection_counts_failures() -> None:
    group = PeerGroup(b"g", peers(1, 1), peers(1))
    selection = Selection(group, RoundRobin(), 0)
    assert selection.tries == 3
    first = selection.next(100.0)
    assert first is group.primary[0]
    assert first.conns == 1
    assert selection.free(first, True, 100.0)
    assert (first.conns, first.fails, selection.tries) == (0, 1, 2)
    second = selection.next(100.0)
    assert second is group.primary[1]
    selection.free(second, False, 100.0)
    assert selection.next(100.0) is group.backup[0]
    assert selection.next(100.0) is None


def test_a_server_that_recovers_is_forgiven() -> None:
    group = PeerGroup(b"g", peers(1, 1))
    failing = group.primary[0]
    failing.failed(100.0)
    selection = Selection(group, RoundRobin(), 0)
    tried = {selection.next(111.0), selection.next(111.0)}
    assert failing in tried
    selection.free(failing, False, 111.0)
    assert failing.fails == 0


def test_a_single_server_is_always_asked() -> None:
    group = PeerGroup(b"g", peers(1))
    for _ in range(2):
        selection = Selection(group, RoundRobin(), 0)
        peer = selection.next(100.0)
        assert peer is not None
        assert not selection.free(peer, True, 100.0)
        assert selection.tries == 0
