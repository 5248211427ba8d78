"""What handlers wait for, done by this machine."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from ngxpush.config.directives.http.resolver import NameServers
from ngxpush.http.operations import WAITING, NotEnoughConnections
from ngxpush.http.upstream.connection import Endpoint, Happening
from ngxpush.server.clients.worker_connections import WorkerConnections
from ngxpush.server.system.performer import SystemPerformer


def _log(level: str, text: str) -> None:
    raise AssertionError(text)


def _slots(most: int = 512) -> WorkerConnections:
    return WorkerConnections(most, 1, set(), _log)


def test_a_server_takes_one_of_the_worker_connections_until_it_is_closed() -> None:
    async def connect() -> None:
        slots = _slots(2)
        performer = SystemPerformer(asyncio.get_running_loop(), slots, int, _log)
        connection = performer.connect(Endpoint(b"127.0.0.1", 1))
        with pytest.raises(NotEnoughConnections, match="2"):
            performer.connect(Endpoint(b"127.0.0.1", 1))
        connection.close()
        assert slots.free == 1

    asyncio.run(connect())


def test_files_are_there_at_once() -> None:
    performer = SystemPerformer(asyncio.new_event_loop(), _slots(), int, _log)
    assert performer.stat(b"/", None).type == "directory"


def test_a_host_and_a_server_are_waited_for() -> None:
    async def ask() -> tuple[Any, Any]:
        loop = asyncio.get_running_loop()
        performer, found, happened = SystemPerformer(loop, _slots(), int, _log), loop.create_future(), loop.create_future()
        assert performer.resolve(b"127.0.0.1", found.set_result) is WAITING
        connection = performer.connect(Endpoint(b"127.0.0.1", 1))
        assert connection.wait(5, happened.set_result, False) is WAITING
        return await found, await happened

    addresses, event = asyncio.run(ask())
    assert addresses == [(b"127.0.0.1", False)]
    assert event.happening is Happening.FAILED


def test_each_resolver_knows_its_own_names(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[NameServers] = []

    class Resolver:
        def __init__(self, loop: object, servers: NameServers, log: object, now: object) -> None:
            asked.append(servers)

        def ask(self, host: bytes, seconds: float, resume: object) -> tuple[bytes, float]:
            return host, seconds

    monkeypatch.setattr("ngxpush.server.system.performer.NameResolver", Resolver)
    performer = SystemPerformer(asyncio.new_event_loop(), _slots(), int, _log)
    first, second = NameServers(()), NameServers(())
    for servers in (first, second, first):
        assert performer.ask_name_servers(b"host", servers, 2.0, print) == (b"host", 2.0)
    assert asked == [first, second]
