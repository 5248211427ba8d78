"""The master's part in a zone that is in Redis."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from ngxpush.config.configuration import Configuration
from ngxpush.server.logs.log_files import ErrorLog, LogFiles
from ngxpush.server.redis.keeper import RedisKeeper
from ngxpush.server.redis.url import read
from ngxpush.server.setup.cache_memory import CacheMemory
from ngxpush.server.setup.limit_memory import LimitMemory
from ngxpush.server.setup.startup import Setup

_END: Any = None


def _setup(url: str) -> Setup:
    return Setup(Configuration(), (), [], LogFiles(), ErrorLog(()), LimitMemory(None), CacheMemory(None), channels=read(url))


def test_a_worker_that_starts_hears_of_those_that_were_killed_once() -> None:
    keeper = RedisKeeper(_setup("redis://a"))
    for name in ("w1", "w2", "w3"):
        keeper.use(name, 7, _END)
    keeper.forget("w1")
    keeper.forget("w2")
    assert [keeper.place(name, _END)._killed for name in ("w4", "w5")] == [("w1", "w2"), ()]


def test_a_place_is_where_the_newest_configuration_has_it() -> None:
    setup = _setup("redis://a")
    keeper = RedisKeeper(setup)
    first = keeper.place("w1", _END)
    keeper.move(replace(setup, channels=read("redis://b")), False)
    assert [str(place._url) for place in (first, keeper.place("w2", _END))] == ["redis://a:6379", "redis://b:6379"]


def test_nothing_moves_from_one_worker_to_the_next() -> None:
    assert RedisKeeper(_setup("redis://a")).predecessors == ()
