"""What handlers wait for, done by this machine."""

from __future__ import annotations

import asyncio
from typing import Any

from ngxpush.http.operations import WAITING
from ngxpush.http.upstream.connection import Endpoint, Happening
from ngxpush.server.system.performer import SystemPerformer


def test_files_are_there_at_once() -> None:
    performer = SystemPerformer(asyncio.new_event_loop(), int)
    assert performer.stat(b"/", None).type == "directory"


def test_a_host_and_a_server_are_waited_for() -> None:
    async def ask() -> tuple[Any, Any]:
        loop = asyncio.get_running_loop()
        performer, found, happened = SystemPerformer(loop, int), loop.create_future(), loop.create_future()
        assert performer.resolve(b"127.0.0.1", found.set_result) is WAITING
        connection = performer.connect(Endpoint(b"127.0.0.1", 1))
        assert connection.wait(5, happened.set_result, False) is WAITING
        return await found, await happened

    addresses, event = asyncio.run(ask())
    assert addresses == [(b"127.0.0.1", False)]
    assert event.happening is Happening.FAILED
