"""Zones that outlive a configuration and are shared by processes."""

from __future__ import annotations

import os

import pytest

from ngxpush.http.access.limit_zone import Record
from ngxpush.server.setup.limit_memory import BoundToAnotherKey, LimitMemory

from ...http.serving import compiled


def _memory(zones: str, before: LimitMemory | None = None) -> LimitMemory:
    return LimitMemory(compiled(zones + " server { }").http, before)


def test_a_reload_keeps_zones_of_the_same_name_and_size() -> None:
    first = _memory("limit_req_zone $host zone=one:64k rate=1r/s; limit_conn_zone $host zone=two:64k;")
    for zone in first.zones.zones.values():
        zone.put(b"key", Record(1, 2), evict=False)
    second = _memory("limit_req_zone $host zone=one:64k rate=2r/s; limit_conn_zone $host zone=two:128k;", first)
    assert second.zones.zones[b"one"].get(b"key") == Record(1, 2)
    assert second.zones.zones[b"two"].get(b"key") is None
    assert second.zones.lock is first.zones.lock


@pytest.mark.parametrize(
    ("directive", "rate", "named"), [("limit_req_zone", " rate=1r/s", "limit_req"), ("limit_conn_zone", "", "limit_conn_zone")]
)
def test_a_reload_must_not_change_what_a_zone_counts_by(directive: str, rate: str, named: str) -> None:
    first = _memory(f"{directive} $host zone=one:64k{rate};")
    with pytest.raises(BoundToAnotherKey) as raised:
        _memory(f"{directive} $uri zone=one:64k{rate};", first)
    assert str(raised.value) == f'{named} "one" uses the "$uri" key while previously it used the "$host" key'


def test_a_forked_process_counts_in_the_same_zone() -> None:
    zones = _memory("limit_req_zone $host zone=one:64k rate=1r/s;").zones
    child = os.fork()
    if not child:
        with zones.lock:
            zones.zones[b"one"].put(b"key", Record(1, 2), evict=False)
        os._exit(0)
    os.waitpid(child, 0)
    assert zones.zones[b"one"].get(b"key") == Record(1, 2)


def test_no_http_block_has_no_zones() -> None:
    assert not LimitMemory(None).zones.zones
