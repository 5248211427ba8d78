"""A subscriber that the console opens for a page: for a browser the push server is another origin, which it may not read.

The console subscribes itself, in the location's mode and as any client does, and carries what comes through to the page: text
frames of a WebSocket, each a JSON array of a kind (`head`, `text`, `end`) and a text. The server answers what it answers to all.

It shows answers with their heads, pings and ends, as curl would, and `ngxpush.client` gives messages: so it is not used here.
"""

from __future__ import annotations

import asyncio
import codecs
import http
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from urllib.parse import quote

import aiohttp
from aiohttp import web
from yarl import URL

from ..config.directives.push_stream.settings import SubscriberMode
from ..dates import format_http_date
from ..explain.ways import Way

Piece = tuple[str, str]
"""What comes: a kind and a text. `head`: of an answer.  `text`: what it holds.  `end`: why no more comes."""

_Subscribe = Callable[[aiohttp.ClientSession, Way, dict[str, str]], AsyncIterator[Piece]]

POLLS_EVERY = 2.0
"""Seconds between two requests of a polling subscriber, and of a long-polling one that gets the same again and again."""

# Characters of a text that are carried: a page keeps the last texts, and messages may be large.
_CARRIED = 16 * 1024

_PING = 30.0
_ENDED = "The server has ended the answer."


async def carry(request: web.Request, way: Way, mode: SubscriberMode) -> web.StreamResponse:
    """Subscribe by that way, in its mode, and carry what comes through until one of the two sides ends."""
    page = web.WebSocketResponse(heartbeat=_PING)
    await page.prepare(request)
    carrying = asyncio.create_task(_carry(page, _SUBSCRIBERS[mode], way, request.headers.get("User-Agent", "")))
    try:
        async for _ in page:
            pass  # a page says nothing
    finally:
        carrying.cancel()
        with suppress(asyncio.CancelledError):
            await carrying
    return page


async def _carry(page: web.WebSocketResponse, subscribe: _Subscribe, way: Way, user_agent: str) -> None:
    headers = {"User-Agent": user_agent} | ({} if way.host is None else {"Host": way.host})
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=10)
    with suppress(ConnectionError):
        try:
            async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=False), timeout=timeout) as session:
                async for kind, text in subscribe(session, way, headers):
                    await page.send_str(json.dumps((kind, _beginning(text))))
        except aiohttp.ClientError as error:
            await page.send_str(json.dumps(("end", f"The server can't be asked: {error}")))
        await page.close()


def _beginning(text: str) -> str:
    left_out = len(text) - _CARRIED
    return text if left_out <= 0 else f"{text[:_CARRIED]}\n… and {left_out} characters more"


async def _open(session: aiohttp.ClientSession, way: Way, headers: dict[str, str]) -> AsyncIterator[Piece]:
    """streaming, eventsource: one answer, as it comes."""
    async with session.get(URL(way.url, encoded=True), headers=headers, allow_redirects=False) as answer:
        yield "head", _head(answer)
        decoder = codecs.getincrementaldecoder("utf-8")("backslashreplace")
        async for data in answer.content.iter_any():
            yield "text", decoder.decode(data)
    yield "end", _ENDED


async def _again(session: aiohttp.ClientSession, way: Way, headers: dict[str, str]) -> AsyncIterator[Piece]:
    """long-polling, polling: one request after the other, each resumes where the one before has ended.

    A polling client that names no time gets nothing, and learns none: it begins with the present one.
    """
    modified, tag = (format_http_date(int(time.time())).decode(), "0") if way.mode is SubscriberMode.POLLING else ("", "")
    head, loop = "", asyncio.get_running_loop()
    while True:
        began = loop.time()
        url, resume = _resuming(way, modified, tag)
        async with session.get(URL(url, encoded=True), headers=headers | resume, allow_redirects=False) as answer:
            text = (await answer.read()).decode("utf-8", "backslashreplace")
            head, before = _head(answer), head
            if head != before:
                yield "head", head
            if text:
                yield "text", text
            if answer.status not in (200, 304):
                yield "end", "It is not asked again."
                return
        left_off = modified, tag
        modified, tag = answer.headers.get("Last-Modified", modified), answer.headers.get("Etag", tag)
        # Where the location looks at something else, each request gets the same at once.
        goes_on = (modified, tag) != left_off or loop.time() - began >= POLLS_EVERY
        if way.mode is SubscriberMode.POLLING or not goes_on:
            await asyncio.sleep(POLLS_EVERY)


async def _frames(session: aiohttp.ClientSession, way: Way, headers: dict[str, str]) -> AsyncIterator[Piece]:
    """websocket: the text of each frame."""
    try:
        opening = session.ws_connect(URL(way.url, encoded=True), headers=headers, max_msg_size=0, decode_text=False)
        async with opening as socket:
            yield "head", "101 Switching Protocols"
            async for message in socket:
                if message.type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY):
                    yield "text", message.data.decode("utf-8", "backslashreplace")
            yield "end", f"The server has closed the connection: {socket.close_code}."
    except aiohttp.WSServerHandshakeError as refused:
        yield "head", f"{refused.status} {_reason(refused.status)}"
        yield "end", "The server does not switch to the WebSocket protocol."


_SUBSCRIBERS: dict[SubscriberMode, _Subscribe] = {
    SubscriberMode.STREAMING: _open,
    SubscriberMode.EVENTSOURCE: _open,
    SubscriberMode.WEBSOCKET: _frames,
    SubscriberMode.LONG_POLLING: _again,
    SubscriberMode.POLLING: _again,
}


def _resuming(way: Way, modified: str, tag: str) -> tuple[str, dict[str, str]]:
    """The address and the header lines of a request that resumes where the last answer has ended."""
    headers = {name: value for name, value in (("If-Modified-Since", modified), ("If-None-Match", tag)) if value}
    return way.resuming(quote(modified, ""), quote(tag, ""), ""), headers


def _head(answer: aiohttp.ClientResponse) -> str:
    """The first line, and what else says where to resume."""
    facts = [f"{answer.status} {answer.reason or _reason(answer.status)}"]
    for name in ("Content-Type", "Last-Modified", "Etag", "X-Nginx-PushStream-Explain"):
        if name in answer.headers:
            facts.append(f"{name}: {answer.headers[name]}")
    return "; ".join(facts)


def _reason(status: int) -> str:
    try:
        return http.HTTPStatus(status).phrase
    except ValueError:
        return ""
