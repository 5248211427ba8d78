"""The page of the health."""

from __future__ import annotations

from types import SimpleNamespace

from tests.console.opened import OpenedConsole, ended, event, play
from tests.push.fakes import publish
from tests.server.observing.observers import ObservedSite

_HTTP = "push_stream_max_number_of_channels 1; server { }"


def test_plots_limits_and_workers() -> None:
    async def steps(here: OpenedConsole) -> None:
        publish(here.push, b"a", b"x")
        here.worker.ended(ended("GET /<no> HTTP/1.1", 403))
        text = (await here.get("/health"))[1]
        for title in ("messages per second", "deliveries per second", "subscribers"):
            assert f'aria-label="{title}: ' in text
        assert "push_stream_max_number_of_channels" in text and "reached" in text
        assert 'href="/configuration#file-1-line-2">nginx.conf:2</a>' in text
        assert "GET /&lt;no&gt; HTTP/1.1" in text and "No client is behind." in text

    play(steps, _HTTP)


def test_it_is_live() -> None:
    async def steps(here: OpenedConsole) -> None:
        async with here.client.get("/health/live") as answer:
            assert b'<polyline points=""/>' in await event(answer.content, b"state")
            publish(here.push, b"a", b"x")
            while b'<polyline points="600.0,' not in await event(answer.content, b"state"):
                pass

    play(steps, _HTTP)


def test_slow_readers() -> None:
    async def steps(here: OpenedConsole) -> None:
        request = ObservedSite().asked("/sub/a")
        facts = SimpleNamespace(number=1, remote_addr=b"192.0.2.1", started=1e9)
        connection = SimpleNamespace(facts=facts, present_requests=[request])
        here.worker.connections.append(SimpleNamespace(unsent=70_000, connection=connection))
        text = (await here.get("/health"))[1]
        assert "1 client behind." in text and "68.4 KiB" in text and "GET /sub/a HTTP/1.1" in text

    play(steps, _HTTP)
