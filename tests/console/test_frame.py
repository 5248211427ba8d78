"""What all pages share."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp.test_utils import make_mocked_request

from ngxpush.console.frame import argument
from ngxpush.push.operations import ZoneLost
from tests.console.opened import OpenedConsole, event, play
from tests.push.fakes import AbsentZone, publish


@pytest.mark.parametrize(
    ("target", "value"),
    [("/", b""), ("/?id=a", b"a"), ("/?id=%FF%00+b&id=c", b"\xff\x00 b"), ("/?x=1&id=%C3%BC", "ü".encode()), ("/?id=", b"")],
)
def test_arguments_are_bytes(target: str, value: bytes) -> None:
    assert argument(make_mocked_request("GET", target), "id") == value


@pytest.mark.parametrize("target", ["/", "/channel?id=a", "/requests", "/configuration", "/health"])
def test_each_page_has_the_health_the_navigation_and_a_stream(target: str) -> None:
    async def steps(here: OpenedConsole) -> None:
        text = (await here.get(target))[1]
        assert 'data-part="health"' in text
        name = {"/": "Channels", "/channel?id=a": "Channels"}.get(target, target[1:].capitalize())
        assert f'aria-current="page">{name}</a>' in text
        stream: Any = text.split('data-live="')[1].split('"')[0]
        async with here.client.get(stream.replace("&amp;", "&")) as answer:
            assert answer.headers["Content-Type"] == "text/event-stream"
            # Its mark tells an open page that something else is served than what it is made of.
            assert f'data-served="{(await event(answer.content, b"served")).decode().split("data: ")[1].strip()}"' in text

    play(steps)


@pytest.mark.parametrize(
    ("target", "part"), [("/live", b"channels"), ("/channel/live?id=a", b"channel"), ("/health/live", b"state")]
)
def test_a_page_stays_live_while_the_zone_is_away(target: str, part: bytes) -> None:
    async def steps(here: OpenedConsole) -> None:
        zone = here.push.zone
        async with here.client.get(target) as answer:
            await event(answer.content, part)
            here.push.zone = AbsentZone(ZoneLost("it is away"))
            while b"it is away: the figures are as they were last" not in await event(answer.content, b"health"):
                pass
            here.push.zone = zone
            publish(here.push, b"a", b"x")
            while b"a" not in await event(answer.content, part):
                pass

    play(steps)
