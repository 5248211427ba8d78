"""The stream of one request: what `connection.serving.Serving` needs of a line and of a transport.

Its body comes in DATA frames. At first the client may send http2_body_preread_size bytes of it; a handler that wants all of it
gets the largest window there is, one that passes it on gets a window of client_body_buffer_size, opened again as it takes.
Its answer waits here while a window is closed, limit_rate allows no more, or the client does not read. Other streams go on.
"""

from __future__ import annotations

import copy
import enum
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, Protocol

from h2.errors import ErrorCodes

from ...config.directives.http.core import HttpCoreLocation
from ..connection.departure import LEFT, words_of_departure
from ..connection.facts import ConnectionFacts
from ..connection.incoming_body import IncomingBody
from ..connection.serving import Serving
from ..connection.states import Outcome
from ..connection.surroundings import Hosting, Transport
from ..limit_rate import Rate
from ..phases import has_post_action
from ..request import BodyReceiver, Request
from ..request_input import RequestInput
from ..status import BAD_REQUEST, CLIENT_CLOSED_REQUEST, CLOSE, ERROR, REQUEST_TIME_OUT
from .answer import StreamAnswer
from .dependencies import Dependency
from .frames import MOST_WINDOW
from .framing import Framing
from .sending import Sender

_TIMED_OUT = "client timed out (110: Connection timed out)"


class StreamsLine(Protocol):
    """The connection, as its streams use it (`connection.Http2Connection`)."""

    blocked: set[RequestStream]
    facts: ConnectionFacts
    hosting: Hosting
    preread: int
    requests: int
    sender: Sender
    transport: Transport

    def remove(self, stream: RequestStream, error: ErrorCodes | None) -> None:
        """A stream has ended here. error: sent, if one of its sides has not ended: NO_ERROR if only the client's has not."""

    def post(self, stream: RequestStream) -> None:
        """Call `hand_over_body` when all that has come is read."""

    def await_window(self, stream: RequestStream) -> None:
        """An answer waits for the window of the connection."""

    def expect(self, deadline: float) -> None:
        """A stream has a deadline."""

    def settle(self) -> None:
        """Do what is to be done after a change."""


class Input(enum.Enum):
    """What is done with what the client sends on a stream.

    HEAD: it is the head of the request.  KEPT: it is kept, or goes to the body that is read.  DROPPED: no one wants it.
    """

    HEAD = enum.auto()
    KEPT = enum.auto()
    DROPPED = enum.auto()


class RequestStream:
    """One request and its answer.

    transport: the stream itself.  place: its turn among others.  answer: there once it has a request.
    room: bytes that the client may send.  input_ended: the client has sent all of its request.
    is_over: it is out of its connection's table.  deadline: of its head, its body or its answer; None for none.
    """

    __slots__ = (
        "_connection",
        "_input",
        "_pending",
        "answer",
        "deadline",
        "facts",
        "hosting",
        "input_ended",
        "is_over",
        "number",
        "place",
        "room",
        "serving",
        "spoiled_by",
        "transport",
        "write",
    )

    kept = 0
    answer: StreamAnswer
    write: Callable[[bytes], None]

    def __init__(self, connection: StreamsLine, number: int, place: Dependency) -> None:
        self._connection = connection
        self.hosting = connection.hosting
        self.transport: Transport = self
        self.number = number
        self.place = place
        self.facts = copy.copy(connection.facts)
        self.facts.requests = connection.requests
        self.room = connection.preread
        self.spoiled_by = 0
        self.deadline: float | None = None
        self.input_ended = self.is_over = False
        self._input = Input.HEAD
        self.serving: Serving | None = None
        self._pending = bytearray()

    def attach(self, request: Request, milliseconds: float) -> None:
        """This stream is that of a request whose head is to be whole in so many milliseconds."""
        sender = self._connection.sender
        self.answer = StreamAnswer(request, self.number, sender, self.hosting.call_later, self._send_on, self.go_on)
        self.write = partial(self.answer.send_body, ended=False)
        request.framing = Framing(request, self.answer)
        self.serving = Serving(self, request)
        self._wait(milliseconds)

    def begin(self, coroutine: Coroutine[Any, Any, None]) -> None:
        """The head is whole, or refused: serve the request."""
        assert self.serving is not None
        self.deadline = None
        self._input = Input.KEPT
        self.serving.begin(coroutine)
        self.settle()

    @property
    def request(self) -> Request | None:
        """The request that is served."""
        return None if self.serving is None else self.serving.request

    def count_input(self, size: int) -> None:
        """More of the head comes, or of the body."""
        if self.serving is not None:
            self.serving.request.input.request_length += size

    # connection.line.Line

    def log(self, level: str, text: str | bytes, request: Request | None = None) -> None:
        """Write a line to the error log."""
        self.facts.log(level, text, request)

    def settle(self) -> None:
        """Go on as far as possible without an event from outside."""
        serving = self.serving
        if serving is not None and serving.advance() is Outcome.WHOLE and serving is self.serving:
            serving.request.on_close = None
            self._log(serving)
            self._leave_connection(ErrorCodes.NO_ERROR if self.answer.is_whole else ErrorCodes.INTERNAL_ERROR)
        elif serving is not None and serving is self.serving and serving.body is not None and not self._pending:
            self._open_window(serving, serving.body)
        self._connection.settle()

    def take_body(self, received: RequestInput, length: int) -> bytes | None:
        """See `line.Line`. A body comes in frames of its own."""
        return None

    def begin_body(self, body: IncomingBody) -> bool:
        """See `line.Line`. A body that no one wants is dropped as it comes."""
        serving = self.serving
        assert serving is not None
        if not body.is_wanted:
            self._pending.clear()
            self._input = Input.DROPPED
            serving.request.input.body, serving.request.input.body_skipped = b"", True
            return True
        serving.body = body
        ended = self._feed(serving, body)
        if not ended:
            self._open_window(serving, body)
        return ended

    def _feed(self, serving: Serving, body: IncomingBody) -> bool:
        data = bytes(self._pending)
        self._pending.clear()
        self.count_input(len(data))
        ended = body.feed(data)
        if ended:
            self.end_body(serving)
            self._input = Input.DROPPED
        else:
            self._wait(self._settings(serving).client_body_timeout)
        return ended

    def _open_window(self, serving: Serving, body: IncomingBody) -> None:
        if body.is_full and not body.is_passed_on:
            self._connection.blocked.add(self)
        else:
            self._connection.blocked.discard(self)
        if serving.request.input.ended or serving.request.response.complete or body.is_full:
            return
        most, least = MOST_WINDOW, MOST_WINDOW // 4
        if body.is_passed_on:
            most = least = min(max(self._buffer_size(serving), self._connection.preread), MOST_WINDOW)
        if self.room < least:
            self._connection.sender.widen(self.number, most - self.room)
            self.room = most

    def _buffer_size(self, serving: Serving) -> int:
        """Bytes of nginx's buffer for a body. What fills it is taken at once, other bytes when all that has come is read."""
        size, length = self._settings(serving).client_body_buffer_size, serving.request.input.content_length
        return length + 1 if length is not None and length <= size else size

    def end_body(self, serving: Serving) -> None:
        """See `line.Line`."""
        serving.body = self.deadline = None
        self._connection.blocked.discard(self)

    def end_early(self, serving: Serving, status: int, abort: bool = False) -> None:
        """See `line.Line`."""
        if serving is self.serving:
            self._end(serving, status, ErrorCodes.PROTOCOL_ERROR if status == CLOSE else ErrorCodes.INTERNAL_ERROR)

    def switch(self, received: Callable[[bytes], None], drop: bool, receiver: BodyReceiver | None = None) -> None:
        """See `line.Line`. Not called: no request on HTTP/2 has an Upgrade (`request_head`)."""

    # connection.surroundings.Transport

    @property
    def is_paced(self) -> bool:
        return self.answer.is_paced

    @property
    def is_behind(self) -> bool:
        return bool(self.answer.waits)

    def pace(self, rate: Rate) -> None:
        self.answer.pace(rate)

    def end_pace(self) -> int:
        self.answer.pace(None)
        return 0

    def fulfil(self) -> None:
        """Nothing is wished of a stream."""

    def overflown(self) -> None:
        """Not called: what waits of all streams is counted together (`Sender.keep`)."""

    def half_close(self) -> None:
        """A stream ends with its answer."""

    close = half_close

    def abort(self) -> int:
        return 0

    # for the connection

    def go_on(self) -> None:
        """Something that the answer may have waited for has changed."""
        if not self.answer.waits:
            return
        self._send_on()
        if not self.answer.waits and self.serving is not None:
            self.serving.taken()
            self.settle()

    def _send_on(self) -> None:
        serving, answer = self.serving, self.answer
        if serving is None:
            return
        if answer.send_on(self._connection.transport) and serving.body is None:
            self.deadline = None
        if answer.waits:
            if answer.window > 0 and not self._connection.sender.window:
                self._connection.await_window(self)
            if self.deadline is None:
                self._wait(self._settings(serving).send_timeout)

    def receive(self, data: bytes, ended: bool) -> None:
        """Take a piece of the body. ended: it is the last one."""
        serving = self.serving
        if serving is None or self._input is Input.DROPPED:
            return
        self.input_ended = serving.request.input.ended = ended
        self._pending += data
        if serving.body is None:
            return
        if len(self._pending) > self._buffer_size(serving):
            self.hand_over_body()
        else:
            self._connection.post(self)

    def hand_over_body(self) -> None:
        """Give what has come of a body to who reads it."""
        serving = self.serving
        if serving is None or serving.body is None or serving.request.response.complete:
            return
        body = serving.body
        ended = self._feed(serving, body)
        if not serving.request.response.complete:
            body.hand_over(ended)
        self.settle()

    def time_is_up(self) -> None:
        """The client has neither sent of its body nor taken of its answer in time."""
        self.deadline = None
        serving = self.serving
        if serving is None:
            return
        if self._input is Input.HEAD:
            self.log("info", _TIMED_OUT, serving.request)
            self._end(serving, REQUEST_TIME_OUT, ErrorCodes.PROTOCOL_ERROR)
        elif self.answer.waits:
            self.log("info", f"{_TIMED_OUT} while sending to client", serving.request)
            self._end(serving, CLIENT_CLOSED_REQUEST, ErrorCodes.PROTOCOL_ERROR)
        elif serving.body is not None and serving.body.is_full:
            self._wait(self._settings(serving).client_body_timeout)
        else:
            if serving.body is not None and not serving.body.is_passed_on:
                self.log("info", _TIMED_OUT, serving.request)
            self._end(serving, REQUEST_TIME_OUT, ErrorCodes.PROTOCOL_ERROR)

    def left(self, error: ErrorCodes | None = None) -> None:
        """The client has ended the stream, or is gone. error: it has broken the rules of the protocol."""
        serving = self.serving
        if serving is None:
            return
        if self._input is Input.HEAD:
            self._end(serving, ERROR, error)
            return
        body = None if serving.request.response.complete else serving.body
        if body is not None and body.is_passed_on:
            self._end(serving, BAD_REQUEST, error)
            return
        if body is not None and body.is_wanted:
            self.log("info", "client prematurely closed stream", serving.request)
            self._end(serving, CLIENT_CLOSED_REQUEST, error)
            return
        words = words_of_departure(serving, self.facts, "")
        upstream = serving.request.upstream
        if words is not None and words[0] == LEFT and not (upstream is not None and upstream.action):
            self.log("info", *words)  # nginx says nothing while there is an upstream connection
        if serving.outlives_client or words is None:
            self._leave_connection(error)
            serving.orphan()
            self.settle()
        else:
            self._end(serving, CLIENT_CLOSED_REQUEST, error)

    def cut_off(self, status: int, error: ErrorCodes | None = None) -> None:
        """End without an answer, or without the rest of one."""
        if self.serving is not None:
            self._end(self.serving, status, error)

    # Its end

    def _end(self, serving: Serving, status: int, error: ErrorCodes | None) -> None:
        request = serving.request
        goes_on = status == CLIENT_CLOSED_REQUEST and has_post_action(request)
        if status > 0 and not (request.response.status and request.response.bytes_sent):
            request.response.status = status
        if self.answer.waits:
            request.response.complete = False
        self.serving = None
        serving.abandon()
        self._leave_connection(error)
        if goes_on:
            self.serving = serving
            serving.act_without_client()
        else:
            self._log(serving)
        self._connection.settle()

    def _log(self, serving: Serving) -> None:
        self.serving = self.deadline = None
        serving.request.response.bytes_sent = self.answer.sent
        serving.log_and_free()

    def _leave_connection(self, error: ErrorCodes | None) -> None:
        """error: sent if one of the two sides has not ended; None for a client that has ended the stream."""
        if self.is_over:
            return
        self.is_over = True
        self.deadline = None
        self.answer.stop()
        self._connection.remove(self, error)

    def _wait(self, milliseconds: float) -> None:
        self.deadline = self.hosting.time() + milliseconds / 1000
        self._connection.expect(self.deadline)

    def _settings(self, serving: Serving) -> HttpCoreLocation:
        return serving.request.location.of(HttpCoreLocation)
