"""The Question of `push.question` for a request. Answers go through the header filters like all others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NoReturn

from ....config.complex_value import ComplexValue
from ....push.path import unescape
from ....push.question import CHUNKED, FRAME, IDENTITY, Answer, PushClient, Sink
from ...operations import ReadBody, Sleep
from ...output import pace, send_header, set_content_type
from ...request import Request
from ...response import Response
from ...status import NOT_MODIFIED, OK
from ...variables.evaluation import evaluate
from ...variables.request import argument, argument_pattern
from ...whole_answer import goes_whole, send_chunks, send_whole
from .sink import RequestSink, client_of, finish, no_one

_WAITING = 200
_CALLBACK = argument_pattern(b"callback")


class RequestFails(Exception):
    """The request ends with that status and nginx's page: the body is too large (413) or broken (400), the zone is full (500)."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class RequestQuestion:
    """A request for a push location. status: OK, or what to answer with instead, because the client's conditions do not hold."""

    __slots__ = ("header", "http_version", "method", "request", "status")

    def __init__(self, request: Request) -> None:
        self.request = request
        self.status = OK
        self.method = request.method
        self.http_version = request.input.http_version
        self.header = request.input.headers.get

    @property
    def client(self) -> PushClient:
        return client_of(self.request)

    def argument(self, name: bytes) -> bytes | None:
        return argument(name)(self.request)

    def take_callback(self) -> bytes | None:
        request = self.request
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
        return evaluate(self.request, value)

    def log(self, level: str, text: str) -> None:
        self.request.connection.log(level, text, self.request)

    async def pause(self) -> None:
        await Sleep(self.request, 0)

    async def read_body(self, headers: tuple[tuple[bytes, bytes], ...] = ()) -> bytes:
        request = self.request
        whole = request.carrier.whole_body(request)
        if whole is not None and request.input.body_file is None:
            return whole
        body = await ReadBody(request, in_memory=True)
        if isinstance(body, int):
            self.fail(body, headers)
        file = request.input.body_file
        return body if file is None else bytes(file.read(0, file.size))

    def fail(self, status: int, headers: tuple[tuple[bytes, bytes], ...]) -> NoReturn:
        self.request.response.headers.extend(headers)
        raise RequestFails(status)

    def answer(self, answer: Answer) -> None:
        request = self.request
        if request.gone:
            return
        request.on_close = None if request.parent is None else no_one
        if answer.close:
            request.keepalive = False
        request.input.body_unread = answer.body_unread
        if not answer.body_unread:
            request.carrier.discard_body(request)
        type_before = request.response.content_type
        response = _head(request, answer)
        if not answer.body:
            response.header_only = True
            if answer.status != NOT_MODIFIED:
                response.content_type = type_before  # that of the request, where this is its post_action
        if goes_whole(request):
            send_whole(request, answer.body)
            finish(request)
            return
        response.content_length = len(answer.body)
        self.status = send_header(request)
        if self.status == OK:
            _send_pieces(request, answer)
            finish(request)
        elif not answer.body and not answer.body_unread:
            request.response.filter_finalized = False  # the connection stays (recording empty-conditions-on-publishing)

    def answer_in_pieces(self, answer: Answer, pieces: Sequence[bytes]) -> bool:
        request = self.request
        if request.gone or not goes_whole(request, in_chunks=True):
            return False
        request.on_close = None
        request.input.body_unread = answer.body_unread
        _head(request, answer)
        send_chunks(request, pieces)
        finish(request)
        return True

    def open(self, answer: Answer) -> Sink:
        request = self.request
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
        request = self.request

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
        request = self.request
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
