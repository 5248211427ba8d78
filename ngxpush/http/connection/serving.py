"""A client's request from the first byte of its head to the end of its answer: its coroutine, its subrequests, its body.

What a handler does with its request (finishes it, starts a subrequest, terminates it) is noted here. The connection then acts on
it. With HTTP/1 a connection has one `Serving` at a time.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from ...config.directives.http.core import HttpCoreLocation
from .. import phases
from ..driver import Run
from ..limit_rate import Rate
from ..operations import WAITING, Resume
from ..request import BodyReceiver, Request
from ..request_input import HTTP_11
from ..status import BAD_REQUEST, INTERNAL_SERVER_ERROR, OK
from . import states
from .body_spool import make_spool
from .incoming_body import IncomingBody
from .line import Line
from .states import Outcome
from .subrequests import Subrequests, sends_now

Begin = Callable[[Request], Coroutine[Any, Any, Any] | None]

_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class Serving:
    """One request that is served, and the `request.Carrier` of it and its subrequests.

    run: the request's coroutine; None before it is begun, and after its handler has returned.
    body: the body that is being read, or None.  write: sends bytes to the client, or drops them once the client is gone.
    """

    __slots__ = ("_drained", "_is_advancing", "_line", "_subrequests", "body", "request", "run", "write")

    def __init__(self, line: Line, request: Request) -> None:
        self.request = request
        self.run: Run | None = None
        self.body: IncomingBody | None = None
        self.write: Callable[[bytes], None] = _drop if line.spoiled_by else line.transport.write
        self._line = line
        # Who waits for the client: the request, and the subrequest whose turn it is.
        self._drained: dict[Request, Resume] | None = None
        self._is_advancing = False
        self._subrequests: Subrequests | None = None
        request.carrier = self

    # For the connection

    def begin(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        """Run the request's coroutine until it has to wait."""
        self.run = Run(coroutine, self._line.hosting.performer, self._line.settle)
        self.run.start()

    def begin_at_once(self, begin: Begin) -> None:
        """Call what serves the request as far as nothing need wait, and run the coroutine that does the rest, if it returns one.

        What is noted meanwhile is seen by `advance`.
        """
        self._is_advancing = True
        try:
            coroutine = begin(self.request)
        except Exception as error:
            self._is_advancing = False
            self._failed(self.request, error)
            return
        self._is_advancing = False
        if coroutine is not None:
            self.begin(coroutine)

    def advance(self) -> Outcome:
        """Go on as far as possible without an event from outside. What is noted meanwhile is seen in the next step."""
        request, subrequests = self.request, self._subrequests
        if self.run is not None or subrequests is not None or request.location.of(HttpCoreLocation).post_action is not None:
            self._is_advancing = True
            while self._go_on():
                pass
            self._is_advancing = False
            if self.run is not None:
                return states.WAITS
            subrequests = self._subrequests
            if subrequests is not None and subrequests.pause is not None:
                return subrequests.pause
        if not request.response.complete:
            return states.OPEN
        transport = self._line.transport
        held_back = bool(subrequests) or (not request.gone and (transport.is_paced or transport.is_behind))
        return states.WAITS if held_back else states.WHOLE

    def _go_on(self) -> bool:
        """Do the next step; False if there is none."""
        run = self.run
        if run is not None and run.ended:
            self.run = None
            if run.error is not None:
                self._failed(self.request, run.error)
                return True
        request, subrequests = self.request, self._subrequests
        if subrequests:
            if request.response.filter_finalized:
                subrequests.begin_no_more()  # nginx then ends the request at once
            if subrequests.go_on():
                return True
        if self.run is not None or subrequests or not request.response.complete or request.gone:
            return False
        if phases.has_post_action(request):
            self.begin(phases.post_action(request))
            return True
        return False

    def _failed(self, request: Request, error: Exception) -> None:
        """A coroutine has raised an exception, which is a bug in ngxpush. The client gets a 500 if nothing has been sent yet."""
        self._report(request, error)
        response = self.request.response
        if request is self.request and not response.sent and response.status != INTERNAL_SERVER_ERROR:
            response.status = INTERNAL_SERVER_ERROR
            self.begin(phases.finalize(request, INTERNAL_SERVER_ERROR))
        else:
            self._line.end_early(self, INTERNAL_SERVER_ERROR, abort=True)

    def _report(self, request: Request, error: Exception) -> None:
        text = "".join(traceback.format_exception(error)).strip()
        self._line.log("alert", f"request failed inside ngxpush: {text!r}", request)

    def _report_late(self, request: Request, run: Run) -> None:
        """A coroutine has gone on after its request was abandoned."""
        if run.error is not None:
            self._report(request, run.error)

    @property
    def is_behind(self) -> bool:
        """Whether the answer goes on, or ends, only when the client reads on, or limit_rate allows it."""
        transport = self._line.transport
        return transport.is_paced or self._drained is not None or (self.request.response.complete and transport.is_behind)

    @property
    def waiting(self) -> Request | None:
        """The request, or the subrequest it needs, that has to be called when the client leaves."""
        waiting = self._needed or self.request
        return waiting if waiting.on_close is not None else None

    @property
    def outlives_client(self) -> bool:
        """Whether the request goes on when the client leaves: it is marked so, or only background subrequests are left."""
        request = self.request
        return request.outlives_client or (request.response.complete and bool(self._subrequests) and self._needed is None)

    @property
    def _needed(self) -> Request | None:
        """The first subrequest whose answer the request needs."""
        return next((request for request in self._subrequests or () if not request.background), None)

    def orphan(self) -> None:
        """The client is gone; the request goes on without a client."""
        self.request.gone = True
        self.body = None
        self.write = _drop
        self.taken()

    def taken(self) -> None:
        """The client has taken what was written."""
        drained, self._drained = self._drained, None
        if drained is not None:
            for resume in drained.values():
                resume(None)

    def abandon(self) -> None:
        """The client gets no more: call what each request has set for this case, and close what waits for the client."""
        main = self.request
        main.response.complete = main.response.complete and self._needed is None and not self.is_behind
        self.write = _drop
        self._drained = None
        runs = [(main, self.run), *(self._subrequests.abandon() if self._subrequests is not None else ())]
        for request, _ in runs:
            request.gone = True
        for request, _ in runs:
            on_close, request.on_close = request.on_close, None
            if on_close is not None:
                on_close()
        for request, run in runs:
            if run is None:
                continue
            if run.awaits is not None and run.awaits.ends_with_client:
                run.close()
            else:
                run.detach(partial(self._report_late, request, run))

    def act_without_client(self) -> None:
        """After `abandon`: do what post_action says."""
        self.body = self.run = None
        if self.request.input.body is None:
            self.request.input.body = b""
        self.begin(phases.post_action(self.request))

    def log_and_free(self) -> None:
        """Log the request, which has ended, and free what it holds."""
        request = self.request
        self._line.hosting.log_access(request)
        while request.cleanups:
            request.cleanups.pop()()
        request.input.body = None  # what is closed waits for the garbage collector, a body must not

    def part(self) -> None:
        """Know the request no more, which is at its end. Whatever its carrier is still asked has no effect.

        Else the two would keep each other until the garbage collector comes.
        One with subrequests waits for that: their ends may be what leads here, and are still under way.
        """
        if self._subrequests is None:
            self.request = None  # type: ignore[assignment]

    # For requests (Carrier)

    def pace(self, rate: Rate) -> None:
        """See `Carrier`. Nothing is sent to a client that is gone: pacing would bring its transport back."""
        if not self.request.gone:
            self._line.transport.pace(rate)

    def use_write(self) -> None:
        """The transport's `write` has changed. Nothing is written to a client that is gone."""
        if not (self.request.gone or self._line.spoiled_by):
            self.write = self._line.transport.write

    def read_body(self, request: Request, resume: Resume, in_memory: bool) -> Any:
        """See `Carrier`."""
        if request.input.body is not None:
            return request.input.body
        if self.body is not None:
            return b""
        if request.gone:
            return BAD_REQUEST
        self._continue(request)
        length = request.input.content_length
        if length is None and not request.input.chunked:
            request.input.body = b""
            return b""
        spool = make_spool(request, self._line.hosting.performer, in_memory)
        if spool is None and length is not None:
            request.input.body = self._line.take_body(request.input, length)
            if request.input.body is not None:
                return request.input.body
        body = IncomingBody(request, resume, spool=spool)
        if spool is not None:
            spool.went_on = partial(self._written, body)
        ended = self._line.begin_body(body)
        return body.result if ended and body.has_result else WAITING

    def has_whole_body(self, request: Request) -> bool:
        """See `Carrier`."""
        received = request.input
        if received.body is not None or request.gone or self.body is not None or received.chunked:
            return received.body is not None
        length = received.content_length
        if length is None:
            return True
        here = length <= received.room and length <= self._line.kept
        return here and make_spool(request, self._line.hosting.performer, in_memory=True) is None

    def whole_body(self, request: Request) -> bytes | None:
        """See `Carrier`."""
        received = request.input
        if received.body is None and self.has_whole_body(request):
            self._continue(request)
            length = received.content_length
            received.body = b"" if length is None else self._line.take_body(received, length)
        return received.body

    def _written(self, body: IncomingBody) -> None:
        """A part of a body was written to its file, or could not be written."""
        if not body.written():
            self._line.settle()
            return
        if self.body is body:
            self._line.end_body(self)
        body.hand_over(True)

    def pass_body(self, request: Request, receiver: BodyReceiver) -> None:
        """See `Carrier`."""
        if request.gone:
            receiver.failed(BAD_REQUEST)
            return
        self._continue(request)
        body = IncomingBody(request, receiver=receiver)
        body.hand_over(self._line.begin_body(body))

    def discard_body(self, request: Request) -> int:
        """See `Carrier`."""
        if request is not self.request or request.gone or self.body is not None:
            return OK
        if request.input.body is not None or request.input.body_unread:
            return OK
        self._continue(request)
        if not request.input.has_body and request.framing is None:
            return OK
        body = IncomingBody(request)
        self._line.begin_body(body)
        return body.status or OK

    def _continue(self, request: Request) -> None:
        """Send 100 Continue if the client waits for it, before a body is read or skipped."""
        if request.input.expect_tested or request.input.http_version < HTTP_11:
            return
        request.input.expect_tested = True
        if (request.input.headers.get(b"expect") or b"").lower() == b"100-continue":
            self.write(_CONTINUE)
            request.response.bytes_sent += len(_CONTINUE)

    def drain(self, request: Request, resume: Resume) -> Any:
        """See `Carrier`. No one waits for a client that is gone."""
        transport = self._line.transport
        if request.gone or not (transport.is_paced or transport.is_behind) or not sends_now(request):
            return None
        if self._drained is None:
            self._drained = {}
        self._drained[request] = resume
        return WAITING

    def sleep(self, request: Request, seconds: float, resume: Resume) -> None:
        """See `Carrier`. If the client leaves meanwhile, the request ends."""
        request.on_close = _nothing_to_do

        def wake() -> None:
            if not request.gone:
                request.on_close = None
                resume(None)

        self._line.hosting.call_later(seconds, wake)

    def start(self, request: Request, ended: Callable[[], None]) -> None:
        """See `Carrier`."""
        if self._subrequests is None:
            self._subrequests = Subrequests(self._line.hosting, self._line.settle, self._failed)
        self._subrequests.add(request, ended)
        self._note(request.parent or self.request)

    def finish(self, request: Request) -> None:
        """See `Carrier`."""
        request.response.complete = True
        if request is not self.request:
            self._note(request)
        elif self.run is None and not self._is_advancing:  # else the connection looks when the handler has returned
            self._line.settle()

    def finish_unseen(self, request: Request) -> None:
        """See `Carrier`."""
        request.response.complete = True
        if not self._is_running(request):
            self.end_subrequest(request)

    def end_subrequest(self, request: Request) -> None:
        """See `Carrier`."""
        if self._subrequests is not None:
            self._subrequests.end(request)

    @property
    def subrequests(self) -> int:
        """See `Carrier`."""
        return 0 if self._subrequests is None else self._subrequests.count

    def _note(self, request: Request) -> None:
        """Have the connection act on a change, unless it is at it, or the request's handler still runs: its return does so."""
        if not self._is_advancing and not self._is_running(request):
            self._line.settle()

    def _is_running(self, request: Request) -> bool:
        if request is self.request:
            return self.run is not None
        return self._subrequests is not None and self._subrequests.is_running(request)

    def terminate(self, request: Request, status: int) -> None:
        """See `Carrier`."""
        self._line.end_early(self, status)

    def spoil(self) -> None:
        """See `Carrier`."""
        self.write = _drop
        self._line.spoiled_by = self.request.connection.requests

    def switch_protocols(self, received: Callable[[bytes], None]) -> None:
        """See `Carrier`."""
        self._line.switch(received, drop=True)

    def tunnel(self, receiver: BodyReceiver) -> None:
        """See `Carrier`."""
        self._line.switch(receiver.received, drop=False, receiver=receiver)


def _drop(data: bytes) -> None:
    """Drop bytes for a client that is gone."""


def _nothing_to_do() -> None:
    """The client has left. To set this function is enough for the request to end."""
