"""What a subscriber of each mode receives, one message after the other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from .control import WayTo

if TYPE_CHECKING:
    import aiohttp

# Seconds between two polls.
_PAUSE = 0.02


class Received(Struct, frozen=True):
    """A message as a subscriber gets it. data: what the location's template makes of it."""

    data: bytes
    event_id: str | None = None
    event_type: str | None = None

    @property
    def text(self) -> str:
        return self.data.decode("utf-8", "backslashreplace")


class SubscribeRefused(Exception):
    """A subscriber location has answered with an error. The text has its status and its reason."""


async def receive(way: WayTo, headers: Mapping[str, str], answered: Callable[[], None]) -> AsyncIterator[Received]:
    import aiohttp

    timeout = aiohttp.ClientTimeout(total=None)
    async with aiohttp.ClientSession(headers=headers, timeout=timeout) as session:
        if way.role == "websocket":
            try:
                async with session.ws_connect(way.url, ssl=False) as socket:
                    answered()
                    async for message in socket:
                        if message.type is aiohttp.WSMsgType.TEXT:
                            yield Received(message.data.encode())
            except aiohttp.WSServerHandshakeError as error:
                raise SubscribeRefused(str(error.status)) from None
            return
        if way.role in ("polling", "long-polling"):
            resume: dict[str, str] = {}
            while True:
                async with session.get(way.url, headers=resume, ssl=False) as response:
                    await _check(response)
                    answered()
                    for name, new in (("Last-Modified", "If-Modified-Since"), ("Etag", "If-None-Match")):
                        if name in response.headers:
                            resume[new] = response.headers[name]
                    body = await response.read()
                    if response.status == 200:
                        yield Received(body)
                if way.role == "polling":
                    await asyncio.sleep(_PAUSE)
        async with session.get(way.url, ssl=False) as response:
            await _check(response)
            answered()
            if way.role == "streaming":
                async for data, _ in response.content.iter_chunks():
                    if data:
                        yield Received(data)
                return
            fields: dict[str, list[str]] = {}
            async for line in response.content:
                text = line.decode().rstrip("\r\n")
                if text:
                    name, _, value = text.partition(":")
                    fields.setdefault(name, []).append(value.removeprefix(" "))
                    continue
                if "data" in fields:
                    yield Received(
                        "\n".join(fields["data"]).encode(), fields.get("id", [None])[-1], fields.get("event", [None])[-1]
                    )
                fields = {}


async def _check(response: aiohttp.ClientResponse) -> None:
    if response.status >= 400:
        explain = response.headers.get("X-Nginx-PushStream-Explain", "")
        raise SubscribeRefused(f"{response.status} {response.reason} {explain}".strip())
