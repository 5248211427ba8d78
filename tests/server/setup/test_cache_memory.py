"""Caches that outlive a configuration."""

from __future__ import annotations

import os

import pytest

from ngxpush.http.cache.zone import CacheRecord
from ngxpush.server.setup.cache_memory import CacheMemory, TooSmallZone, UsesAnotherPath

from ...http.serving import compiled


def _memory(paths: str, before: CacheMemory | None = None) -> CacheMemory:
    return CacheMemory(compiled(paths + " server { }").http, before)


def test_a_reload_keeps_the_zone() -> None:
    first = _memory("proxy_cache_path /c keys_zone=one:64k;")
    record = CacheRecord(b"x" * 16, 1, updater=os.getpid())
    first.shelves[b"one"].zone.put(record)
    second = _memory("proxy_cache_path /c keys_zone=one:64k inactive=5s;", first).shelves[b"one"]
    assert (second.zone.get(record.digest), second.settings.inactive) == (record, 5)
    assert second.zone.is_updating(record)
    larger = _memory("proxy_cache_path /c keys_zone=one:128k;", first).shelves[b"one"]
    assert larger.zone.get(record.digest) is None


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/d", 'cache "one" uses the "/d" cache path while previously it used the "/c" cache path'),
        ("/c levels=1", 'cache "one" had previously different levels'),
    ],
)
def test_a_reload_must_not_move_a_cache(path: str, message: str) -> None:
    first = _memory("proxy_cache_path /c keys_zone=one:64k;")
    with pytest.raises(UsesAnotherPath) as raised:
        _memory(f"proxy_cache_path {path} keys_zone=one:64k;", first)
    assert str(raised.value) == message


def test_a_zone_needs_three_pages() -> None:
    assert _memory("proxy_cache_path /c keys_zone=one:12k;").shelves
    with pytest.raises(TooSmallZone, match=r"^ngx_slab_alloc\(\) failed: no memory$"):
        _memory("proxy_cache_path /c keys_zone=one:11k;")


def test_the_dead_hold_no_locks() -> None:
    child = os.fork()
    if not child:
        os._exit(0)
    os.waitpid(child, 0)
    zone = _memory("proxy_cache_path /c keys_zone=one:64k;").shelves[b"one"].zone
    assert not zone.is_updating(CacheRecord(b"x" * 16, updater=child))
    assert CacheMemory(None).shelves == {}
