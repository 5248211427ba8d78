"""What programs ask the console."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from ngxpush.console.asking import Asking
from ngxpush.console.monitoring import routes
from ngxpush.server.observing.counts import Counts
from ngxpush.server.observing.observed import Observed
from tests.push.fakes import worker


async def _asked(target: str, counts: Counts | None, exiting: bool = False, leaving: bool = False) -> tuple[int, str]:
    push = worker()
    clients: Any = None
    life = {"exiting": exiting, "leaving": leaving}
    serving: Any = SimpleNamespace(**life, connections=set(), observed=Observed(), nginx_version=b"1.22.1")
    application = web.Application()
    application.add_routes(routes(serving, Asking(push, clients), counts))
    async with TestClient(TestServer(application)) as client, client.get(target) as answer:
        return answer.status, await answer.text()


@pytest.mark.parametrize(
    ("exiting", "leaving", "answer"),
    [(False, False, (200, "ok\n")), (True, False, (503, "ending\n")), (True, True, (200, "ok\n"))],
)
def test_whether_it_serves(exiting: bool, leaving: bool, answer: tuple[int, str]) -> None:
    """A worker that leaves at a reload is followed by another."""
    assert asyncio.run(_asked("/healthz", None, exiting, leaving)) == answer


def test_metrics_only_where_they_are_wanted() -> None:
    status, text = asyncio.run(_asked("/metrics", Counts()))
    assert status == 200 and "# TYPE ngxpush_channels gauge" in text
    assert asyncio.run(_asked("/metrics", None))[0] == 404
