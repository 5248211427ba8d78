"""Limits, and what was refused."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

from ngxpush.console.asking import Asking
from ngxpush.console.limits import limits, refused
from ngxpush.console.recording import RecordedRequests
from ngxpush.push.local_zone import LocalZone
from tests.console.opened import ended, served
from tests.push.fakes import publish, worker


def test_how_near_they_are() -> None:
    shown = served("push_stream_max_number_of_channels 2;")
    push = worker()
    assert isinstance(push.zone, LocalZone)
    clients: Any = SimpleNamespace(count=(12, 512))
    asking = Asking(push, clients)
    for id in (b"a", b"b"):
        publish(push, id, b"x")
    found = {limit.directive: limit for limit in asyncio.run(limits(shown, asking, clients))}
    channels = found["push_stream_max_number_of_channels"]
    assert (channels.used, channels.most, channels.is_reached) == (2, 2, True)
    assert channels.statement is not None and channels.statement.start.line == 2
    stored = found["push_stream_max_messages_stored_per_channel"]
    assert (stored.used, stored.most, stored.is_reached, stored.statement) == (1, None, False, None)
    assert (found["worker_connections"].used, found["worker_connections"].most) == (12, 512)
    memory = found["push_stream_shared_memory_size"]
    assert memory.bytes and memory.most is not None and 0 < memory.used < memory.most


def test_refused_by_status_and_location() -> None:
    requests = RecordedRequests()
    shown = served("server { location /a { return 403; } location /b { return 403; } }")
    http = shown.setup.configuration.http
    assert http is not None
    a, b = [block.statement for block in http.blocks if block.name in (b"/a", b"/b")]
    for number, (status, location) in enumerate([(403, a), (200, a), (403, b), (403, a), (500, None)]):
        requests.request_ended(ended(status=status, location=location, number=number))
    found = asyncio.run(refused(shown, requests))
    assert [(each.status, each.count, each.newest.connection) for each in found] == [(403, 2, 3), (500, 1, 4), (403, 1, 2)]
    assert [each.present for each in found] == [True, False, True]
