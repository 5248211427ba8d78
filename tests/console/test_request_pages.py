"""The pages of requests."""

from __future__ import annotations

import re
from types import SimpleNamespace

from ngxpush.console.recording import KEPT
from tests.console.opened import OpenedConsole, block_of, ended, event, play, served
from tests.server.observing.observers import ObservedSite

_HTTP = "server { listen 127.0.0.1:80; location /pub { push_stream_publisher; push_stream_channels_path $arg_id; } }"
_LINES = re.compile(r'href="/request\?connection=(\d+)&started=[\d.]+">([^<]+)</a>')


def _recorded(here: OpenedConsole) -> None:
    listen = here.served.setup.addresses[0].listen
    facts = {"server_address": (listen.host, listen.port), "location": block_of(here.served, "/pub").statement}
    here.worker.ended(ended("GET /pub?id=a HTTP/1.1", 404, number=1, channels=(b"a",), **facts))
    here.worker.ended(ended("POST /pub?id=<b> HTTP/1.1", 400, number=2, explanation=b"Empty <messages>", **facts))
    here.worker.ended(ended("", 400, number=3, refused=True))


def test_the_last_requests() -> None:
    async def steps(here: OpenedConsole) -> None:
        assert "No request is open." in (await here.get("/requests"))[1]
        _recorded(here)
        text = (await here.get("/requests"))[1]
        assert _LINES.findall(text) == [
            ("3", "no request line"),
            ("2", "POST /pub?id=&lt;b&gt; HTTP/1.1"),
            ("1", "GET /pub?id=a HTTP/1.1"),
        ]
        assert 'href="/configuration#file-1-line-2">nginx.conf:2</a>' in text
        assert 'href="/channel?id=a">a</a>' in text
        assert "Empty &lt;messages&gt;" in text and "250 ms" in text and "300 bytes" in text

    play(steps, _HTTP)


def test_the_filter() -> None:
    async def steps(here: OpenedConsole) -> None:
        _recorded(here)
        for words, found in (("post", ["2"]), ("400", ["3", "2"]), ("pub+404", ["1"]), ("nginx.conf:2+GET", ["1"]), ("none", [])):
            assert [number for number, _ in _LINES.findall((await here.get(f"/requests?filter={words}"))[1])] == found

    play(steps, _HTTP)


def test_new_ones_are_live() -> None:
    async def steps(here: OpenedConsole) -> None:
        _recorded(here)
        async with here.client.get("/requests/live?filter=pub") as answer:
            assert b"No request is open." in await event(answer.content, b"open")
            before = (await event(answer.content, b"requests")).decode()
            assert [number for number, _ in _LINES.findall(before)] == ["2", "1"]
            here.worker.ended(ended("GET /other HTTP/1.1", number=4))
            here.worker.ended(ended("GET /pub HTTP/1.1", number=5))
            assert _LINES.findall((await event(answer.content, b"request")).decode()) == [("5", "GET /pub HTTP/1.1")]
            for number in range(KEPT + 5):
                here.worker.ended(ended("GET /pub HTTP/1.1", number=number))
            assert len(_LINES.findall((await event(answer.content, b"requests")).decode())) == KEPT

    async def with_long_events(here: OpenedConsole) -> None:
        here.client._read_bufsize = 1 << 20
        await steps(here)

    play(with_long_events, _HTTP)


def test_one_request_with_its_explanation() -> None:
    async def steps(here: OpenedConsole) -> None:
        _recorded(here)
        text = (await here.get("/request?connection=1&started=1000000000.0"))[1]
        assert "Status 404" in text and "push_stream_publisher" in text
        assert '<li id="file-1-line-2" class="decided">' in text
        assert '<a class="at" href="#file-1-line-2">nginx.conf:2</a> <code>location /pub</code>' in text
        assert "HTTP/1.1 404 Not Found" in text and "is explained with" not in text

    play(steps, _HTTP)


def test_another_status_than_it_is_explained_with() -> None:
    async def steps(here: OpenedConsole) -> None:
        listen = here.served.setup.addresses[0].listen
        here.worker.ended(ended("GET /pub?id=a HTTP/1.1", 200, server_address=(listen.host, listen.port)))
        text = (await here.get("/request?connection=1&started=1000000000.0"))[1]
        assert "It was answered with 200, and is explained with 404:" in text

    play(steps, _HTTP)


def test_a_request_from_before_a_reload() -> None:
    async def steps(here: OpenedConsole) -> None:
        listen = here.served.setup.addresses[0].listen
        facts = {"server_address": (listen.host, listen.port), "location": block_of(served(_HTTP), "/pub").statement}
        here.worker.ended(ended("GET /pub?id=a HTTP/1.1", 404, number=1, **facts))
        assert "<td>nginx.conf:2</td>" in (await here.get("/requests"))[1]
        text = (await here.get("/request?connection=1&started=1000000000.0"))[1]
        assert "in nginx.conf:2 of the configuration before" in text and "The configuration was loaded anew since:" in text

    play(steps, _HTTP)


def test_requests_without_an_explanation() -> None:
    async def steps(here: OpenedConsole) -> None:
        _recorded(here)
        assert "Its head was refused" in (await here.get("/request?connection=3&started=1000000000.0"))[1]
        for gone in ("connection=99&started=1000000000.0", "connection=1&started=1", "connection=x", ""):
            status, text = await here.get(f"/request?{gone}")
            assert status == 200 and "is not among the last 1000" in text

    play(steps, _HTTP)


def test_open_requests() -> None:
    async def steps(here: OpenedConsole) -> None:
        request = ObservedSite().asked("/sub/a")
        request.started = 1e9
        facts = SimpleNamespace(number=1)
        connection = SimpleNamespace(facts=facts, present_requests=[request])
        here.worker.connections.append(SimpleNamespace(unsent=0, connection=connection))
        text = (await here.get("/requests"))[1]
        assert "1 open." in text and _LINES.findall(text)[0][1] == "GET /sub/a HTTP/1.1"
        number = _LINES.findall(text)[0][0]
        assert "It is still open" in (await here.get(f"/request?connection={number}&started=1000000000.0"))[1]
        assert "No request is open." in (await here.get("/requests?filter=404"))[1]

    play(steps, _HTTP)
