"""Subscribing: the messages of a location as they come, over as many connections as it takes."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from http import HTTPStatus

import aiohttp
import msgspec
from msgspec import Struct
from yarl import URL

from ..config.directives.push_stream.settings import SubscriberMode
from ..push.messages import DELETED_ID, PING_ID, TIMED_OUT_ID
from .answer_mode import EXPLAIN, is_polling, mode_of
from .event_stream import EventStreamReader
from .failures import NotReached, UnexpectedAnswer, WrongMode
from .message_pattern import MessagePattern
from .pieces import PieceReader
from .received_message import ReceivedMessage
from .resume_point import ResumePoint, since
from .session import as_given, in_session, reason_of

# Seconds before a client connects again: at first, and at most.
_PAUSE, _LONGEST_PAUSE = 0.1, 5.0

# Answers of a server that comes back, once it was there.
_PASSING = frozenset((502, 503, 504))

_POLICY_VIOLATION = 1008
_FROM_THE_SERVER = frozenset((PING_ID, TIMED_OUT_ID))

_Messages = AsyncGenerator[ReceivedMessage, None]


def _nothing(*said: object) -> None:
    """What is done with news that no one wants."""


async def subscribe(
    url: str,
    mode: SubscriberMode | str | None = None,
    *,
    start: ResumePoint | float | None = None,
    template: bytes | None = None,
    resume: bool = True,
    interval: float = 1.0,
    session: aiohttp.ClientSession | None = None,
    opened: Callable[[SubscriberMode], None] = _nothing,
    told: Callable[[str], None] = _nothing,
) -> AsyncGenerator[ReceivedMessage, None]:
    """The messages of a subscriber location, without end, until the generator is closed or the server deletes the channel.

    url: `~time~`, `~tag~` and `~event-id~` in it stand for those of the last message: some locations take them from arguments.
    mode: None to find it out from the answer; `wss:` and `ws:` URLs are websockets.
    start: the first second (since the epoch) whose stored messages are wanted, or the point after which; None: new messages.
    template: push_stream_message_template of the location, from which a message's id, time … are read.
    resume: whether to connect again after the connection has ended. No message is lost or comes twice if the server says where to
    go on: by the headers of polling answers, by event ids, or by ~time~ and ~tag~ in the template.
    interval: seconds between two requests of which the first brings nothing (polling).
    opened: called with the location's mode whenever the server has answered.  told: gets a sentence when a connection is lost.

    Raises NotReached and UnexpectedAnswer, once a connection was there only for what does not pass by itself, and WrongMode.
    """
    wanted = SubscriberMode(mode) if isinstance(mode, str) else mode
    if url.startswith(("ws:", "wss:")):
        url, wanted = "http" + url[2:], wanted or SubscriberMode.WEBSOCKET
    pattern = None if template is None else MessagePattern(template)
    point = start if isinstance(start, ResumePoint) else ResumePoint() if start is None else since(start)
    async with in_session(session) as http:
        state = _Subscription(http, url, wanted, pattern, point, opened)
        async with aclosing(state.all_messages(resume, interval, told)) as messages:
            async for message in messages:
                if message.id == DELETED_ID:
                    return
                if message.id not in _FROM_THE_SERVER:
                    yield message


class _Subscription(Struct):
    """A subscription. mode: as it is asked for, or found.  found: whether a connection was there.

    heard: when the last message came, in the time of the event loop.  pause: how long it last waited before it connected again.
    said: what was told since the last connection was there: while a server is away, each attempt fails alike.
    """

    http: aiohttp.ClientSession
    url: str
    mode: SubscriberMode | None
    pattern: MessagePattern | None
    point: ResumePoint
    opened: Callable[[SubscriberMode], None]
    found: bool = False
    heard: float = -math.inf
    pause: float = 0.0
    said: str = ""

    async def all_messages(self, resume: bool, interval: float, told: Callable[[str], None]) -> _Messages:
        """The messages of one connection after the other."""
        loop = asyncio.get_running_loop()
        while True:
            began, empty, lost = loop.time(), True, ""
            try:
                async with aclosing(self._messages()) as messages:
                    async for message in messages:
                        empty, self.heard = False, loop.time()
                        if not is_polling(self.mode) and message.id not in _FROM_THE_SERVER:
                            self.point = self.point.after(message)
                        yield message
            except NotReached as error:
                if not (resume and self.found):
                    raise
                lost = str(error)
            if not resume:
                return
            lasted = loop.time() - began
            if is_polling(self.mode) and not lost:
                await asyncio.sleep(max(0.0, interval - lasted) if empty else 0.0)
            else:
                said = self._said(lost or f"{self.url}: the connection has ended")
                if said != self.said:
                    told(said)
                self.said = said
                await asyncio.sleep(self._pause(empty and lasted < _LONGEST_PAUSE))

    def _pause(self, again: bool) -> float:
        """Seconds until it connects again. again: whether the connection before was of no use; then it takes longer each time."""
        self.pause = min(max(_PAUSE, self.pause * 2), _LONGEST_PAUSE) if again else _PAUSE
        return self.pause

    def _said(self, lost: str) -> str:
        unknown = "" if self.point.is_known else "; what is published meanwhile is missed, for nothing says where to go on"
        return f"{lost}; connecting again{unknown}"

    def _is_open(self, mode: SubscriberMode) -> None:
        self.found = True
        self.said = ""
        self.opened(mode)

    async def _messages(self) -> _Messages:
        """The messages of one connection. Raises NotReached where it breaks."""
        try:
            if self.mode is not SubscriberMode.WEBSOCKET:
                async with aclosing(self._of_answer()) as messages:
                    async for message in messages:
                        yield message
            if self.mode is SubscriberMode.WEBSOCKET:
                async with aclosing(self._of_websocket()) as messages:
                    async for message in messages:
                        yield message
        except (aiohttp.ClientError, OSError) as error:
            raise NotReached(self.url, reason_of(error)) from None

    async def _of_answer(self) -> _Messages:
        """The messages of an HTTP answer; none where the mode is to be found out and is websocket."""
        async with self.http.get(self._target(), headers={**self._asking(), **self.point.headers}) as answer:
            found = self._checked(answer)
            if found is SubscriberMode.WEBSOCKET:
                return
            self._is_open(found)
            if is_polling(found):
                # All of it, or nothing: of an answer that breaks, no one knows the place.
                messages = [message async for message in self._of_body(answer, found)]
                if not self.point.is_known or _has_news(answer.status, messages):
                    self.point = self.point.after_answer(answer.headers)
                for message in messages:
                    yield message
                return
            # Whether no message that is there already was published in the second in which the answer begins.
            new = asyncio.get_running_loop().time() - self.heard > 1
            empty = True
            async with aclosing(self._of_body(answer, found)) as stream:
                async for message in stream:
                    empty = False
                    yield message
            if empty and new and not self.point.is_known:
                self.point = self.point.after_answer(answer.headers)

    async def _of_body(self, answer: aiohttp.ClientResponse, mode: SubscriberMode) -> _Messages:
        """The messages of its body."""
        if mode is SubscriberMode.EVENTSOURCE:
            events = EventStreamReader(self.pattern or MessagePattern())
            async for data in answer.content.iter_any():
                for message in events.receive(data):
                    yield message
            return
        pieces = PieceReader(self.pattern, "chunked" in answer.headers.get("Transfer-Encoding", ""))
        # iter_chunks() of aiohttp 3.14 never ends where there is no body.
        while not answer.content.at_eof():
            for message in pieces.receive(*await answer.content.readchunk()):
                yield message
        for message in pieces.end():
            yield message

    def _target(self) -> URL:
        return as_given(self.point.filled_in(self.url))

    def _asking(self) -> dict[str, str]:
        """What a request says of the mode that is asked for: to nchan, and to locations of other modes."""
        if self.mode is SubscriberMode.EVENTSOURCE:
            return {"Accept": "text/event-stream"}
        if self.mode is None:
            return {"Accept": "text/event-stream, */*;q=0.5"}
        return {"X-Nginx-PushStream-Mode": self.mode.value} if is_polling(self.mode) else {}

    def _checked(self, answer: aiohttp.ClientResponse) -> SubscriberMode:
        """The mode of an answer."""
        found = mode_of(answer.status, answer.headers)
        if found is None and answer.status != 200:
            self._refuse(answer.status, answer.reason or "", answer.headers.get(EXPLAIN, ""))
        alike = found is self.mode or (is_polling(found) and is_polling(self.mode))
        if found is None or not (self.mode is None or alike):
            type = answer.headers.get("Content-Type", "nothing")
            raise WrongMode(self.url, self.mode, found, f"it answers {answer.status} with {type}")
        if self.mode is None:
            self.mode = found
        return found

    def _refuse(self, status: int, reason: str, explain: str) -> None:
        if self.found and status in _PASSING:
            raise NotReached(self.url, f"{status} {reason}")
        raise UnexpectedAnswer(self.url, status, reason, explain)

    async def _of_websocket(self) -> _Messages:
        try:
            opening = self.http.ws_connect(
                self._target(),
                headers=self.point.headers,
                max_msg_size=0,
                decode_text=False,
                timeout=aiohttp.ClientWSTimeout(ws_close=1.0),
            )
            async with opening as socket:
                self._is_open(SubscriberMode.WEBSOCKET)
                while (frame := await socket.receive()).type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY):
                    whole = None if self.pattern is None else self.pattern.whole(frame.data)
                    yield whole or ReceivedMessage(frame.data)
                if frame.type is aiohttp.WSMsgType.CLOSE and frame.data == _POLICY_VIOLATION:
                    self._refuse(*_refusal(frame.extra or ""))
        except aiohttp.WSServerHandshakeError as error:
            headers: Mapping[str, str] = error.headers or {}
            if error.status >= 400:
                self._refuse(error.status, "", headers.get(EXPLAIN, ""))
            raise WrongMode(self.url, self.mode, mode_of(error.status, headers), f"it answers {error.status}") from None


def _has_news(status: int, messages: list[ReceivedMessage]) -> bool:
    """Whether a polling answer has messages.

    One that has none, for its time is up or the server ends, names the second in which it was made: the messages of that second
    would come again.
    """
    return status != HTTPStatus.NOT_MODIFIED and not (messages and all(message.id in _FROM_THE_SERVER for message in messages))


def _refusal(text: str) -> tuple[int, str, str]:
    """The status, its reason and the explanation of a close frame's text."""
    try:
        said = msgspec.json.decode(text)
        return int(said["http_status"]), "", str(said["explain"])
    except (msgspec.DecodeError, LookupError, TypeError, ValueError):
        return _POLICY_VIOLATION, "", text
