"""Who is connected."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

from msgspec.structs import replace

from ngxpush.console.clients import SHOWN_OPEN, SHOWN_SLOW, Clients
from ngxpush.http.request import Request
from tests.server.observing.observers import ObservedSite


def _client(number: int, unsent: int, *requests: Request) -> Any:
    facts = SimpleNamespace(number=number, remote_addr=b"192.0.2.1", started=1e9)
    return SimpleNamespace(unsent=unsent, connection=SimpleNamespace(facts=facts, present_requests=requests))


def _clients(*clients: Any) -> Clients:
    worker: Any = SimpleNamespace(connections=clients, slots=SimpleNamespace(most=512, free=500))
    return Clients(worker)


def test_how_many() -> None:
    assert _clients().count == (12, 512)


def test_unsent_bytes_by_connection() -> None:
    assert _clients(_client(1, 0), _client(2, 70_000)).unsent() == {2: 70_000}


def test_those_for_which_most_waits() -> None:
    request = ObservedSite().asked("/sub/a")
    many = [_client(number, number) for number in range(SHOWN_SLOW + 5)]
    behind, slow = _clients(*many, _client(99, 1000, request)).slow()
    assert behind == SHOWN_SLOW + 5
    assert [client.unsent for client in slow] == [1000, *range(SHOWN_SLOW + 4, 5, -1)]
    assert [asked.line for asked in slow[0].requests] == [b"GET /sub/a HTTP/1.1"]


def test_open_requests_have_a_head() -> None:
    request = ObservedSite().asked("/sub/a")
    coming = ObservedSite().asked("/sub/a")
    coming.input = replace(coming.input, request_line=b"")
    fitting, newest = asyncio.run(_clients(_client(1, 0, coming), _client(2, 0, request)).open_requests(lambda request: True))
    assert (fitting, [asked.line for asked in newest]) == (1, [b"GET /sub/a HTTP/1.1"])


def test_the_newest_of_many_open_requests() -> None:
    requests = [replace(ObservedSite().asked("/sub/a"), started=float(number)) for number in range(3)] * 300
    clients = _clients(*[_client(number, 0, request) for number, request in enumerate(requests)])
    fitting, newest = asyncio.run(clients.open_requests(lambda request: request.started > 0))
    assert (fitting, len(newest)) == (600, SHOWN_OPEN)
    assert {request.started for request in newest} == {2.0}
