"""The push stream module's three handlers: where the HTTP side and the push engine meet.

In a subrequest (ssi, addition, auth_request) the module thinks that it has a request of its own: a whole answer ends that of the
main request (with chunks: `0`), which then goes on; and after an open answer has ended (time is over, long-polling has its
message) the main request stands still until its client sends something or leaves. Recordings push-in-subrequests*.
"""

from __future__ import annotations

from msgspec import Struct

from ....config.directives.push_stream.settings import PushStreamLocation
from ....push.answers import cross_domain, explained
from ....push.operations import ZoneAway, ZoneLost
from ....push.publisher import publish
from ....push.question import Question, Sink
from ....push.statistics import statistics
from ....push.subscribers import subscribe
from ....push.worker import PushWorker
from ...request import Request
from ...status import DONE, OK, SERVICE_UNAVAILABLE
from .question import RequestFails, RequestQuestion
from .sink import RequestSink


class Engine(Struct, frozen=True):
    """The push engine of this process. hostname: in lower case, for the statistics."""

    worker: PushWorker
    hostname: bytes


def request_of(asker: Question | Sink) -> Request:
    """The request of a question, or of its open answer."""
    assert isinstance(asker, RequestQuestion | RequestSink)
    return asker.request


def _outcome(request: Request) -> int:
    return OK if request.response.complete else DONE


def _cut_off(question: RequestQuestion, lost: ZoneLost) -> int:
    """Have a 503 be the answer, with nginx's page. Where the zone is only away, a header says why."""
    request = question.request
    request.connection.log("error", f"push stream module: {lost}", request)
    if isinstance(lost, ZoneAway):
        settings = request.location.of(PushStreamLocation)
        origins = () if settings.statistics else cross_domain(question, settings, question.method)
        request.response.headers.extend(origins + explained(str(lost).encode()))
    return SERVICE_UNAVAILABLE


async def handle_publisher(request: Request) -> int:
    """push_stream_publisher."""
    engine = request.connection.engine
    question = RequestQuestion(request)
    try:
        await publish(question, request.location.of(PushStreamLocation), engine.worker, engine.hostname)
    except RequestFails as failed:
        return failed.status
    except ZoneLost as lost:
        return _cut_off(question, lost)
    return question.status or _outcome(request)


async def handle_subscriber(request: Request) -> int:
    """push_stream_subscriber.

    nginx looks at the client's conditions, too: an answer may have become a 304, but still has its body. It does not know the
    time in the module's Last-Modified. A 412 breaks nginx (docs/reference/differences.md), so no answer to a GET becomes one.
    """
    request.response.only_none_match = request.method == b"GET"
    question = RequestQuestion(request)
    try:
        await subscribe(question, request.location.of(PushStreamLocation), request.connection.engine.worker)
    except ZoneLost as lost:
        return _cut_off(question, lost)
    return question.status or _outcome(request)


def subscribes_at_once(request: Request) -> bool:
    """Whether `handle_subscriber` does not wait: the zone is in this process."""
    return not request.connection.engine.worker.zone.waits


def publishes_at_once(request: Request) -> bool:
    """Whether `handle_publisher` does not wait: the zone is in this process, and the body has come, or none is awaited.

    A client that awaits 100 Continue gets it only after the handler's own checks.
    """
    if request.connection.engine.worker.zone.waits or b"expect" in request.input.headers:
        return False
    return request.carrier.has_whole_body(request)


async def handle_statistics(request: Request) -> int:
    """push_stream_channels_statistics."""
    engine = request.connection.engine
    question = RequestQuestion(request)
    try:
        await statistics(question, request.location.of(PushStreamLocation), engine.worker, engine.hostname)
    except ZoneLost as lost:
        return _cut_off(question, lost)
    return question.status or _outcome(request)
