"""Three servers with one Redis, which are killed one after the other, and Redis, too: nothing is lost, and nothing doubled."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from tests.server.redis.servers import needs_redis, redis_server

from .load import Load
from .losses import Losses, several_servers
from .sizes import ROUNDS
from .subscribers import KINDS

_SEED = 1
_KINDS = tuple(replace(kind, number=kind.number // 5) for kind in KINDS)


@needs_redis
def test_nothing_is_lost_when_servers_and_redis_are_killed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with redis_server(persistent=True) as redis, several_servers(tmp_path, redis, 3) as servers:

        async def play() -> Load:
            load = Load(servers, _SEED, _KINDS, disturb=Losses)
            await load.rough(ROUNDS)
            return load

        result = asyncio.run(play()).result
    with capsys.disabled():
        print(f"\n3 servers, one Redis\n{result.table()}")
    assert result.all_faults == []
