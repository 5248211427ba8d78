"""The cache manager and the cache loader, with a directory."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from ngxpush.http.cache.zone import CacheZone
from ngxpush.server.processes.cache_manager import manage_caches
from ngxpush.server.setup.cache_memory import CacheMemory
from tests.patience import PATIENCE

from ...http.serving import compiled

_NAME = "0123456789abcdef0123456789abcdef"


async def _manage(directory: Path, parameters: str, until: Callable[[CacheZone], bool]) -> None:
    http = compiled(f"proxy_cache_path {directory} levels=1 keys_zone=one:64k {parameters}; server {{ }}").http
    shelves = list(CacheMemory(http).shelves.values())
    task = asyncio.create_task(manage_caches(shelves, lambda: 1000.0))
    async with asyncio.timeout(PATIENCE):
        while not until(shelves[0].zone):
            await asyncio.sleep(0)
    task.cancel()


def test_it_loads_what_is_there_and_removes_what_is_too_much(tmp_path: Path) -> None:
    file, other = tmp_path / "f" / _NAME, tmp_path / "f" / "other"
    other.parent.mkdir()
    for path in (file, other):
        path.write_bytes(b"x")
    asyncio.run(_manage(tmp_path, "max_size=1m loader_files=0 loader_sleep=0", lambda zone: zone.size > 0))
    assert file.exists()
    asyncio.run(_manage(tmp_path, "max_size=0", lambda _: not file.exists()))
    assert other.exists()
