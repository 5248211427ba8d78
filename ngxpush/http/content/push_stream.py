"""The push stream module's three handlers: where the HTTP side and the push engine meet.

`RequestQuestion` and `RequestSink` are the Question and Sink of `push.question` for a request.  Answers go through the header
filters like all others. The pieces of an open answer go straight to the connection, unless a body filter (gzip) works on them.

In a subrequest (ssi, addition, auth_request) the module thinks that it has a request of its own: a whole answer ends that of the
main request (with chunks: `0`), which then goes on; and after an open answer has ended (time is over, long-polling has its
message) the main request stands still until its client sends something or leaves. Recordings push-in-subrequests*.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

from msgspec import Struct

from ...config.complex_value import ComplexValue
from ...config.directives.push_stream.settings import PushStreamLocation
from ...push.operations import ZoneLost
from ...push.path import unescape
from ...push.publisher import publish
from ...push.question import CHUNKED, FRAME, IDENTITY, Answer, Encoding, PushClient, Question, Sink
from ...push.statistics import statistics
from ...push.subscribers import subscribe
from ...push.worker import PushWorker
from ..filters import chunked
from ..operations import ReadBody, Sleep
from ..output import pace, send_header, set_content_type
from ..request import Request
from ..response import Response
from ..status import DONE, NOT_MODIFIED, OK, SERVICE_UNAVAILABLE
from ..variables.evaluation import evaluate
from ..variables.request import argument, argument_pattern

_WAITING = 200
_CALLBACK = argument_pattern(b"callback")


class Engine(Struct, frozen=True):
    """The push engine of this process. hostname: in lower case, for the statistics."""

    worker: PushWorker
    hostname: bytes


class _Failed(Exception):
    """The request ends with that status and nginx's page: the body is too large (413) or broken (400), the zone is full (500)."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def _no_one() -> None:
    """Do nothing: no one waits for the end."""


class RequestSink:
    """An open answer. It holds its request while a subscriber waits."""

    __slots__ = ("_closed", "_ended", "_request", "encoding", "more_may_come", "takes_empty")

    def __init__(self, request: Request, encoding: Encoding, takes_empty: bool = False) -> None:
        self.encoding = encoding
        self.takes_empty = takes_empty
        self.more_may_come = False
        self._request = request
        self._closed: Callable[[], None] = _no_one
        self._ended = request.gone
        if not self._ended:
            request.on_close = self._end

    @property
    def closed(self) -> Callable[[], None]:
        return self._closed

    @closed.setter
    def closed(self, callback: Callable[[], None]) -> None:
        self._closed = callback
        if self._ended:
            callback()

    @property
    def takes_joined(self) -> bool:
        """Not where a filter works on each piece, or limit_rate lets the first one pass and no other (http/limit_rate.py)."""
        response = self._request.response
        return not response.limit_rate and (response.output is None or self.encoding is not IDENTITY)

    @property
    def client(self) -> PushClient:
        return _client(self._request)

    def write(self, data: bytes) -> None:
        """Send a piece. This is the hot path: after the head it only counts the bytes and gives them to the transport."""
        request = self._request
        output = request.response.output
        if output is None:
            request.response.bytes_sent += len(data)
            request.carrier.write(data)
        elif output.is_direct and (output.chunked is None or self.encoding is CHUNKED):
            output.send(data, flush=True)
            request.response.output = None
        else:
            output.write(data, flush=True)

    def finish(self, last: bytes = b"") -> None:
        if self._ended:
            return
        request = self._request
        if self.encoding is FRAME:
            request.keepalive = False
            request.input.lingering_close |= self.more_may_come
        elif self.encoding is CHUNKED:
            self.write(last + chunked.Chunked(request).end())
        elif request.response.output is not None:
            request.response.output.write(b"", last=True)  # what the filters still hold
        _finish(request)
        self._end()

    def abort(self) -> None:
        if not self._ended:
            self._request.carrier.terminate(self._request, self._request.response.status)
            self._end()

    def spoil(self) -> None:
        if not self._ended:
            self._request.carrier.spoil()
            self._request.carrier.finish(self._request)
            self._end()

    def _end(self) -> None:
        if not self._ended:
            self._ended = True
            self._closed()


class RequestQuestion:
    """A request for a push location. status: OK, or what to answer with instead, because the client's conditions do not hold."""

    __slots__ = ("_request", "header", "http_version", "method", "status")

    def __init__(self, request: Request) -> None:
        self._request = request
        self.status = OK
        self.method = request.method
        self.http_version = request.input.http_version
        self.header = request.input.headers.get

    @property
    def client(self) -> PushClient:
        return _client(self._request)

    def argument(self, name: bytes) -> bytes | None:
        return argument(name)(self._request)

    def take_callback(self) -> bytes | None:
        request = self._request
        found = _CALLBACK.search(request.args)
        if found is None:
            return None
        callback = unescape(found[1])
        if len(callback) < len(found[1]):
            start, end = found.span(1)
            rest = found[1][len(callback) + 1 :]
            _change_args(request, b"%b%b\0%b%b" % (request.args[:start], callback, rest, request.args[end:]))
        return callback

    def evaluate(self, value: ComplexValue) -> bytes:
        return evaluate(self._request, value)

    def log(self, level: str, text: str) -> None:
        self._request.connection.log(level, text, self._request)

    async def pause(self) -> None:
        await Sleep(self._request, 0)

    async def read_body(self, headers: tuple[tuple[bytes, bytes], ...] = ()) -> bytes:
        request = self._request
        whole = request.carrier.whole_body(request)
        if whole:
            return whole
        body = await ReadBody(request, in_memory=True)
        if isinstance(body, int):
            self.fail(body, headers)
        file = request.input.body_file
        return body if file is None else bytes(file.read(0, file.size))

    def fail(self, status: int, headers: tuple[tuple[bytes, bytes], ...]) -> NoReturn:
        self._request.response.headers.extend(headers)
        raise _Failed(status)

    def answer(self, answer: Answer) -> None:
        request = self._request
        if request.gone:
            return
        request.on_close = None if request.parent is None else _no_one
        if answer.close:
            request.keepalive = False
        request.input.body_unread = answer.body_unread
        if not answer.body_unread:
            request.carrier.discard_body(request)
        response = _head(request, answer)
        response.content_length = len(answer.body)
        if not answer.body:
            request.response.header_only = True
            if answer.status != NOT_MODIFIED:
                response.content_type = None
        self.status = send_header(request)
        if self.status == OK:
            _send_pieces(request, answer)
            _finish(request)
        elif not answer.body and not answer.body_unread:
            request.response.filter_finalized = False  # the connection stays (recording empty-conditions-on-publishing)

    def open(self, answer: Answer) -> Sink:
        request = self._request
        request.input.body_unread = answer.body_unread
        response = _head(request, answer)
        response.rate_stalls = True
        if send_header(request) != OK:
            return RequestSink(request, IDENTITY)  # the module does not look, and sends its messages without a head
        response.header_only = False  # the module's pieces follow a 304 as well
        output = response.output
        assert output is not None
        output.whole_pieces = True
        # With limit_rate only a first piece may be sent.
        chunked_directly = output.is_direct and response.chunked and not response.limit_rate
        sink = RequestSink(request, CHUNKED if chunked_directly else IDENTITY, output.takes_empty)
        if answer.body:
            output.write(answer.body, flush=True)
        return sink

    def wait(self, headers: tuple[tuple[bytes, bytes], ...], closed: Callable[[], None]) -> None:
        request = self._request

        def left() -> None:
            request.response.headers.extend(headers)
            set_content_type(request)
            closed()

        if request.gone:
            left()
        else:
            request.response.status = _WAITING  # the log shows it when worker_shutdown_timeout ends the request
            request.on_close = left

    def switch_protocols(
        self,
        headers: tuple[tuple[bytes, bytes], ...],
        received: Callable[[bytes], None],
        status: int,
        unsent: tuple[tuple[bytes, bytes], ...] = (),
    ) -> Sink:
        request = self._request
        head = _switching_protocols(headers)
        request.response.status = status
        request.response.headers.extend(headers + unsent)
        if status == 200:
            set_content_type(request)
        elif status:
            request.response.content_length = 0
        request.response.sent = True
        request.input.body_unread = True
        request.response.header_size = request.response.bytes_sent = len(head)
        request.response.rate_stalls = True
        pace(request)
        request.carrier.write(head)

        def arrived(data: bytes) -> None:
            request.input.lingering_close = True  # the module reads no further than a frame: nginx expects that more is there
            received(data)

        request.carrier.switch_protocols(arrived)
        return RequestSink(request, FRAME)


def request_of(asker: Question | Sink) -> Request:
    """The request of a question, or of its open answer."""
    assert isinstance(asker, RequestQuestion | RequestSink)
    return asker._request


def _client(request: Request) -> PushClient:
    agent = request.input.headers.get(b"user-agent")
    connection = request.connection
    return PushClient(connection.remote_addr, request.main.started, agent or b"", connection.number)


def _switching_protocols(headers: tuple[tuple[bytes, bytes], ...]) -> bytes:
    lines = b"".join([name + b": " + value + b"\r\n" for name, value in headers])
    return b"HTTP/1.1 101 Switching Protocols\r\n" + lines + b"\r\n"


def _change_args(request: Request, args: bytes) -> None:
    """Change the arguments in their place: while they are the client's own, that is in the request line.

    A mirror has its main request's. Recordings push-log-callback-decoded-in-place, push-mirror-callback.
    """
    main = request.main
    sharing = (request, main) if request.background and request.args == main.args else (request,)
    if not request.progress.own_args:
        for given in [one.input for one in sharing]:
            given.request_line = _with_args(given.request_line, request.args, args)
            given.unparsed_uri = _with_args(given.unparsed_uri, request.args, args)
        for name in (b"request", b"request_uri"):
            request.variables.pop(name, None)
    for one in sharing:
        one.args = args


def _with_args(text: bytes, old: bytes, new: bytes) -> bytes:
    path, mark, rest = text.partition(b"?")
    return path + mark + new + rest.removeprefix(old)


def _head(request: Request, answer: Answer) -> Response:
    """Copy the head of the answer into the response."""
    response = request.response
    response.status = answer.status
    response.last_modified = answer.last_modified
    response.headers.extend(answer.headers)
    if answer.content_type is None:
        set_content_type(request)
    else:
        response.content_type = answer.content_type
    return response


def _send_pieces(request: Request, answer: Answer) -> None:
    output = request.response.output
    assert output is not None
    begin = 0
    for cut in answer.cuts if answer.cuts and not output.is_direct else ():
        output.write(answer.body[begin:cut], flush=not begin)
        begin = cut
    output.write(answer.body[begin:], last=True)
    if answer.body and request.take_last is not None:
        request.take_last()


def _finish(request: Request) -> None:
    if request.parent is None:
        request.carrier.finish(request)
    else:
        request.carrier.finish_unseen(request)


def _outcome(request: Request) -> int:
    return OK if request.response.complete else DONE


def _cut_off(request: Request, lost: ZoneLost) -> int:
    request.connection.log("error", f"push stream module: {lost}", request)
    return SERVICE_UNAVAILABLE


async def handle_publisher(request: Request) -> int:
    """push_stream_publisher."""
    engine = request.connection.engine
    question = RequestQuestion(request)
    try:
        await publish(question, request.location.of(PushStreamLocation), engine.worker, engine.hostname)
    except _Failed as failed:
        return failed.status
    except ZoneLost as lost:
        return _cut_off(request, lost)
    return question.status or _outcome(request)


async def handle_subscriber(request: Request) -> int:
    """push_stream_subscriber.

    nginx looks at the client's conditions, too: an answer may have become a 304, but still has its body. It does not know the
    time in the module's Last-Modified. A 412 breaks nginx (docs/reference/differences.md), so no answer becomes one.
    """
    request.response.only_none_match = True
    question = RequestQuestion(request)
    try:
        await subscribe(question, request.location.of(PushStreamLocation), request.connection.engine.worker)
    except ZoneLost as lost:
        return _cut_off(request, lost)
    return question.status or _outcome(request)


async def handle_statistics(request: Request) -> int:
    """push_stream_channels_statistics."""
    engine = request.connection.engine
    question = RequestQuestion(request)
    try:
        await statistics(question, request.location.of(PushStreamLocation), engine.worker, engine.hostname)
    except ZoneLost as lost:
        return _cut_off(request, lost)
    return question.status or _outcome(request)
