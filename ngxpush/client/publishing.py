"""Publishing a message."""

from __future__ import annotations

import io
from collections.abc import Mapping

import aiohttp
import msgspec
from msgspec import Struct

from ..config.directives.push_stream.settings import SubscriberMode
from .answer_mode import EXPLAIN
from .failures import NotReached, UnexpectedAnswer, WrongMode
from .session import as_given, in_session, reason_of

# Seconds for the other side to close a websocket.
_CLOSE = 2.0


class PublishAnswer(Struct, frozen=True):
    """What the server says of the channel after a message. Numbers that it does not say are None.

    body: the whole answer, for other servers and for push_stream_channel_info_on_publish off.
    """

    status: int
    body: bytes
    channel: str | None = None
    published_messages: int | None = None
    stored_messages: int | None = None
    subscribers: int | None = None


async def publish(
    url: str,
    data: bytes | str,
    *,
    event_id: str | None = None,
    event_type: str | None = None,
    session: aiohttp.ClientSession | None = None,
) -> PublishAnswer:
    """Publish a message at a publisher location. Raises NotReached, and UnexpectedAnswer where the server refuses.

    A `ws:` or `wss:` URL is a websocket location with push_stream_websocket_allow_publish: it answers nothing (status 101).
    Raises WrongMode where the location is none.
    """
    given = {"Event-Id": event_id, "Event-Type": event_type, "Accept": "application/json"}
    headers = {name: value for name, value in given.items() if value is not None}
    async with in_session(session) as http:
        content = data.encode() if isinstance(data, str) else data
        if url.startswith(("ws:", "wss:")):
            return await _send(http, url, headers, content)
        return await _ask(http, "POST", url, headers, content)


async def channel_info(url: str, *, session: aiohttp.ClientSession | None = None) -> PublishAnswer:
    """What a publisher location says of its channel. Raises as `publish` does; for a channel that does not exist, too."""
    async with in_session(session) as http:
        return await _ask(http, "GET", url, {"Accept": "application/json"}, None)


async def _ask(
    http: aiohttp.ClientSession, method: str, url: str, headers: Mapping[str, str], data: bytes | None
) -> PublishAnswer:
    # aiohttp sends a file in parts; it warns of long bytes, which it would send at once.
    content = None if data is None else io.BytesIO(data)
    try:
        async with http.request(method, as_given(url), data=content, headers=headers, allow_redirects=False) as answer:
            body = await answer.read()
    except (aiohttp.ClientError, OSError) as error:
        raise NotReached(url, reason_of(error)) from None
    if not 200 <= answer.status < 300:
        explain, allowed = answer.headers.get(EXPLAIN, ""), answer.headers.get("Allow", "")
        raise UnexpectedAnswer(url, answer.status, answer.reason or "", explain, allowed)
    return _answer(answer.status, body)


async def _send(http: aiohttp.ClientSession, url: str, headers: Mapping[str, str], data: bytes) -> PublishAnswer:
    """Send a message in a frame. Who closes the connection after it knows that the server has read it."""
    try:
        async with http.ws_connect(
            as_given("http" + url[2:]), headers=headers, timeout=aiohttp.ClientWSTimeout(ws_close=_CLOSE)
        ) as socket:
            await socket.send_frame(data, aiohttp.WSMsgType.TEXT)
    except aiohttp.WSServerHandshakeError as error:
        if error.status < 400:
            raise WrongMode(url, SubscriberMode.WEBSOCKET, None, f"it answers {error.status}") from None
        explain = "" if error.headers is None else error.headers.get(EXPLAIN, "")
        raise UnexpectedAnswer(url, error.status, "", explain) from None
    except (aiohttp.ClientError, OSError) as error:
        raise NotReached(url, reason_of(error)) from None
    return PublishAnswer(101, b"")


def _answer(status: int, body: bytes) -> PublishAnswer:
    try:
        said = msgspec.json.decode(body)
    except msgspec.DecodeError:
        said = None
    if not isinstance(said, dict):
        return PublishAnswer(status, body)
    numbers = {name: _number(said.get(name)) for name in ("published_messages", "stored_messages", "subscribers")}
    channel = said.get("channel")
    return PublishAnswer(status, body, channel if isinstance(channel, str) else None, **numbers)


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None
