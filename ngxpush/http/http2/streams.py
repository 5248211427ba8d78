"""The stream of one request: what `connection.serving.Serving` needs of a line and of a transport.

Its body comes in DATA frames. At first the client may send http2_body_preread_size bytes of it; a handler that wants all of it
gets the largest window there is, one that passes it on gets a window of client_body_buffer_size, opened again as it takes.
Its answer waits here while a window is closed, limit_rate allows no more, or the client does not read. Other streams go on.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import partial
from typing import Protocol

from h2.errors import ErrorCodes

from ...config.directives.http.core import HttpCoreLocation
from ...config.directives.http.v2 import V2Location
from ..connection.departure import words_of_departure
from ..connection.facts import ConnectionFacts
from ..connection.incoming_body import IncomingBody
from ..connection.serving import Serving
from ..connection.states import Outcome
from ..connection.surroundings import Hosting, Transport
from ..limit_rate import Rate
from ..phases import has_post_action
from ..request import BodyReceiver, Request
from ..request_input import RequestInput
from ..status import CLIENT_CLOSED_REQUEST, REQUEST_TIME_OUT
from .frames import END_STREAM, MOST_WINDOW, FrameKind, frame
from .framing import Framing
from .sending import Sender


class StreamsLine(Protocol):
    """The connection, as its streams use it (`connection.Http2Connection`)."""

    facts: ConnectionFacts
    hosting: Hosting
    preread: int
    requests: int
    sender: Sender
    transport: Transport

    def head(self, number: int, block: bytes, ended: bool) -> bytes:
        """Send a compressed head. Returns its frames."""

    def remove(self, stream: RequestStream, error: ErrorCodes | None) -> None:
        """A stream has ended here. error: sent, if one of its sides has not ended: NO_ERROR if only the client's has not."""

    def expect(self, deadline: float) -> None:
        """A stream has a deadline."""

    def settle(self) -> None:
        """Do what is to be done after a change."""


class RequestStream:
    """One request and its answer.

    transport: the stream itself.  window: bytes that the client lets us send.  room: bytes that it may send.
    ended: the answer is whole, as far as it is made.  input_ended: the client has sent all of its request.
    is_over: it is out of its connection's table.  deadline: of its body or of its answer; None for none.
    """

    __slots__ = (
        "_connection",
        "_frames_sent",
        "_pending",
        "_queue",
        "_rate",
        "_skips",
        "_trailers",
        "_wakes",
        "deadline",
        "ended",
        "facts",
        "hosting",
        "input_ended",
        "is_over",
        "number",
        "room",
        "serving",
        "spoiled_by",
        "transport",
        "window",
        "write",
    )

    def __init__(self, connection: StreamsLine, number: int) -> None:
        self._connection = connection
        self.hosting = connection.hosting
        self.write: Callable[[bytes], None] = partial(self.send_body, ended=False)
        self.transport: Transport = self
        self.number = number
        self.facts = copy.copy(connection.facts)
        self.facts.requests = connection.requests
        self.window = connection.sender.initial_window
        self.room = connection.preread
        self.spoiled_by = 0
        self.deadline: float | None = None
        self.ended = self.input_ended = self.is_over = self._skips = self._wakes = False
        self.serving: Serving | None = None
        self._pending: list[bytes] = []
        self._queue = bytearray()
        self._frames_sent = 0
        self._trailers = b""
        self._rate: Rate | None = None

    def attach(self, request: Request) -> Serving:
        """Serve a request on this stream."""
        request.framing = Framing(request, self)
        self.serving = Serving(self, request)
        return self.serving

    # connection.serving.Line

    def log(self, level: str, text: str | bytes, request: Request | None = None) -> None:
        """Write a line to the error log."""
        self.facts.log(level, text, request)

    def settle(self) -> None:
        """Go on as far as possible without an event from outside."""
        serving = self.serving
        if serving is not None and serving.advance() is Outcome.ANSWERED and serving is self.serving:
            serving.request.on_close = None
            self._log(serving)
            self._leave_connection(ErrorCodes.NO_ERROR if self.ended else ErrorCodes.INTERNAL_ERROR)
        self._connection.settle()

    def take_body(self, received: RequestInput, length: int) -> bytes | None:
        """See `serving.Line`. A body comes in frames of its own."""
        return None

    def begin_body(self, body: IncomingBody) -> bool:
        """See `serving.Line`. A body that no one wants is dropped as it comes."""
        serving = self.serving
        assert serving is not None
        data = b"".join(self._pending)
        self._pending.clear()
        if not body.is_wanted:
            self._skips = True
            serving.request.input.body, serving.request.input.body_skipped = b"", True
            return True
        serving.body = body
        ended = self._feed(serving, body, data)
        if not ended:
            self._open_window(serving, body)
        return ended

    def _feed(self, serving: Serving, body: IncomingBody, data: bytes) -> bool:
        ended = body.feed(data)
        if ended:
            serving.body = self.deadline = None
            self._skips = True
        else:
            self._wait(self._settings(serving).client_body_timeout)
        return ended

    def _open_window(self, serving: Serving, body: IncomingBody) -> None:
        if serving.request.input.ended or body.is_full:
            return
        most, least = MOST_WINDOW, MOST_WINDOW // 4
        if body.is_passed_on:
            most = least = max(self._settings(serving).client_body_buffer_size, self._connection.preread)
        if self.room < least:
            self._connection.sender.widen(self.number, most - self.room)
            self.room = most

    def end_body(self, serving: Serving) -> None:
        """See `serving.Line`."""
        serving.body = self.deadline = None

    def end_early(self, serving: Serving, status: int, abort: bool = False) -> None:
        """See `serving.Line`."""
        if serving is self.serving:
            self._end(serving, status, ErrorCodes.INTERNAL_ERROR)

    def switch(self, received: Callable[[bytes], None], drop: bool, receiver: BodyReceiver | None = None) -> None:
        """See `serving.Line`. Not called: no request on HTTP/2 has an Upgrade (`request_head`)."""

    # connection.surroundings.Transport

    @property
    def is_paced(self) -> bool:
        return self._rate is not None and bool(self._queue)

    @property
    def is_behind(self) -> bool:
        return bool(self._queue)

    def pace(self, rate: Rate) -> None:
        self._rate = rate

    def end_pace(self) -> int:
        self._rate = None
        return 0

    def fulfil(self) -> None:
        """Nothing is wished of a stream."""

    def half_close(self) -> None:
        """A stream ends with its answer."""

    close = half_close

    def abort(self) -> int:
        return 0

    # framing.AnswerStream

    def send_head(self, block: bytes, ended: bool) -> None:
        """See `framing.AnswerStream`."""
        request = self._request
        if request is None or request.gone or self.ended or self.is_over:
            return
        self.ended = ended
        frames = self._connection.head(self.number, block, ended)
        request.response.header_size += len(frames)
        self._count(request, len(frames))

    def send_trailers(self, block: bytes) -> None:
        """See `framing.AnswerStream`. They wait for the body before them."""
        if self._queue:
            self._trailers = block
        else:
            self.send_head(block, ended=True)

    def send_body(self, data: bytes, ended: bool) -> None:
        """See `framing.AnswerStream`."""
        if self.ended or self.is_over or self._request is None or self._request.gone:
            return
        self.ended = ended
        self._queue += data
        if ended and not self._queue:
            self._send_data(b"", END_STREAM)
        else:
            self.send_on()

    @property
    def _request(self) -> Request | None:
        return None if self.serving is None else self.serving.request

    def send_on(self) -> None:
        """Send what the windows, limit_rate and the client allow."""
        serving = self.serving
        if serving is None or not self._queue:
            return
        sender = self._connection.sender
        most = min(serving.request.location.of(V2Location).chunk_size, sender.frame_size)
        while self._queue and not self._connection.transport.is_behind:
            count = min(len(self._queue), self.window, sender.window, most)
            if self._rate is not None and count > 0:
                count = self._allowed(count)
            if count <= 0:
                break
            data = bytes(self._queue[:count])
            del self._queue[:count]
            self._send_data(data, END_STREAM if self.ended and not self._queue else 0)
            self.deadline = None if serving.body is None else self.deadline
        if not self._queue and self._trailers:
            self.send_head(self._trailers, ended=True)
        if self._queue and self.deadline is None:
            self._wait(self._settings(serving).send_timeout)

    def _allowed(self, count: int) -> int:
        """How much limit_rate allows now."""
        assert self._rate is not None
        if self._wakes:
            return 0
        count, seconds = self._rate.take(count, self.hosting.now())
        if seconds:
            self._wakes = True
            self.hosting.call_later(seconds, self._wake)
        return count

    def _wake(self) -> None:
        self._wakes = False
        self.go_on()

    def _send_data(self, data: bytes, flags: int) -> None:
        self._connection.sender.send(frame(FrameKind.DATA, flags, self.number, data))
        self.window -= len(data)
        self._connection.sender.window -= len(data)
        request = self._request
        if request is not None:
            self._count(request, len(data))

    def _count(self, request: Request, size: int) -> None:
        self._frames_sent += size
        request.response.bytes_sent = self._frames_sent

    # for the connection

    def go_on(self) -> None:
        """Something that the answer may have waited for has changed."""
        if self._queue:
            self.send_on()
            if not self._queue and self.serving is not None:
                self.serving.taken()
                self.settle()

    def receive(self, data: bytes, ended: bool) -> None:
        """Take a piece of the body. ended: it is the last one."""
        self.input_ended = ended
        serving = self.serving
        if serving is None:
            return
        serving.request.input.ended = ended
        if self._skips:
            return
        serving.request.input.request_length += len(data)
        body = serving.body
        if body is None:
            self._pending.append(data)
            return
        whole = self._feed(serving, body, data)
        if not serving.request.response.complete:
            body.hand_over(whole)
        if not whole and serving.body is body:
            self._open_window(serving, body)
        self.settle()

    def time_is_up(self) -> None:
        """The client has neither sent of its body nor taken of its answer in time."""
        self.deadline = None
        serving = self.serving
        if serving is None:
            return
        if self._queue:
            self.log("info", "client timed out (110: Connection timed out) while sending to client", serving.request)
            self._end(serving, CLIENT_CLOSED_REQUEST, ErrorCodes.PROTOCOL_ERROR)
        elif serving.body is not None and serving.body.is_full:
            self._wait(self._settings(serving).client_body_timeout)
        else:
            self._end(serving, REQUEST_TIME_OUT, ErrorCodes.PROTOCOL_ERROR)

    def left(self, error: ErrorCodes | None = None) -> None:
        """The client has ended the stream, or is gone. error: it has broken the rules of the protocol."""
        serving = self.serving
        if serving is None:
            return
        if serving.body is not None and serving.body.is_wanted:
            self.log("info", "client prematurely closed stream", serving.request)
            self._end(serving, CLIENT_CLOSED_REQUEST, error)
            return
        words = words_of_departure(serving, self.facts, "")
        if words is not None:
            self.log("info", *words)
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
        self._queue.clear()
        serving.request.response.bytes_sent = self._frames_sent
        serving.log_and_free()

    def _leave_connection(self, error: ErrorCodes | None) -> None:
        """error: sent if one of the two sides has not ended; None for a client that has ended the stream."""
        if self.is_over:
            return
        self.is_over = True
        self.deadline = None
        self._queue.clear()
        self._connection.remove(self, error)

    def _wait(self, milliseconds: float) -> None:
        self.deadline = self.hosting.time() + milliseconds / 1000
        self._connection.expect(self.deadline)

    def _settings(self, serving: Serving) -> HttpCoreLocation:
        return serving.request.location.of(HttpCoreLocation)
