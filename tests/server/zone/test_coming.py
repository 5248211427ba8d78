"""What is asked of a zone that is being rebuilt waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from ngxpush.http.driver import Run
from ngxpush.push.operations import Create, Forget, ZoneOperation
from ngxpush.server.zone.coming import ComingZone


def test_operations_wait_and_are_done_in_their_order() -> None:
    zone, done, results = ComingZone(), list[ZoneOperation[Any]](), list[object]()

    async def ask(id: bytes) -> None:
        results.append(await zone.do(Create((id,))))

    def call(operation: ZoneOperation[Any], resume: Callable[[Any], None]) -> None:
        done.append(operation)
        if operation == operations[0]:
            zone.post(Forget("late"))
        resume(operation)

    operations = [Create((b"%d" % number,)) for number in range(50)]
    performer: Any = None
    runs = [Run(ask(b"%d" % number), performer, lambda: None) for number in range(50)]
    for run in runs:
        run.start()
    zone.post(Forget("gone"))
    assert (done, results) == ([], [])
    asyncio.run(zone.arrive(call))
    assert results == operations
    assert done == [*operations, Forget("gone"), Forget("late")]
    assert all(run.ended for run in runs)


def test_clients_that_ask_again_do_not_keep_the_zone_from_arriving() -> None:
    """Some ask while they get their answer (the next request has come with the first), the others in the next turn."""
    zone, asked = ComingZone(), 0

    def ask() -> None:
        nonlocal asked
        asked += 1
        zone.post(Forget("client"))

    async def arrive() -> None:
        loop = asyncio.get_running_loop()

        def call(operation: ZoneOperation[Any], resume: Callable[[Any], None]) -> None:
            if asked > 10_000:  # else a zone that never arrives would keep this test from failing
                return
            if asked % 10:
                loop.call_soon(ask)
            else:
                ask()

        await zone.arrive(call)

    for _ in range(200):
        ask()
    asyncio.run(arrive())
    assert asked < 10_000
