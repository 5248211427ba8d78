"""The phases of a request: a table in nginx's order, and the loop that walks it.

The result of the last handler is finalized: it is answered, or an error_page is, by another walk through the phases. The log
phase is not here: the connection logs a request when it has ended.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from msgspec import Struct

from ..config.configuration import Location
from ..config.directives.http.core import HttpCoreLocation
from ..config.pattern import PatternFailed
from . import error_page, mirror, rewrite, try_files
from .access import limit_conn, limit_req, realip, satisfy
from .body_output import Output
from .content import CANNOT_WAIT, HANDLERS, static
from .errors import CLOSES, restrict_connection, send_special_response
from .location import enter_location, find_config
from .output import send_body, send_header
from .recorder import Phase, note
from .redirect import internal_redirect, named_location
from .request import Request
from .status import (
    CREATED,
    DECLINED,
    DONE,
    ERROR,
    FIND_CONFIG,
    FORBIDDEN,
    INTERNAL_REDIRECT,
    INTERNAL_SERVER_ERROR,
    NAMED_LOCATION,
    NO_CONTENT,
    NOT_FOUND,
    OK,
    SPECIAL_RESPONSE,
    Status,
)
from .third_party import headers_more

# What a subrequest's handler returns does not end it.
_REDIRECTED = (INTERNAL_REDIRECT, NAMED_LOCATION)

_CONTENT_PHASE = Phase.CONTENT

STATIC = "static"
"""The name of the content handler of a location that sets none."""

Handler = Callable[[Request], Status]


def _always(location: Location) -> bool:
    """For a handler that is always asked."""
    return True


class PhaseHandler(Struct, frozen=True):
    """A handler of a phase.

    concerns: whether it can do anything for a request in this location. Others are not asked.
    """

    handle: Handler
    concerns: Callable[[Location], bool] = _always


class PhaseHandlers(Struct, frozen=True):
    """One phase: its handlers are asked in order.

    A handler that returns DECLINED leaves the request to the next one; OK ends the phase; any other status ends the request.
    """

    # As nginx calls it.
    name: str

    handlers: tuple[PhaseHandler, ...]

    # OK means that the answer is out, and ends the request too.
    answers: bool = False


def _answer(request: Request) -> Status:
    """Have the location's content handler answer, if it has one."""
    handler = request.progress.content_handler
    if request.recorder is not None:
        note(request, _CONTENT_PHASE, request.location.statement, handler or STATIC)
    return DECLINED if handler is None else HANDLERS[handler](request)


def _not_there(request: Request) -> int:
    return FORBIDDEN if request.names_directory else NOT_FOUND


PHASES = (
    # First, so that everything after it sees the client's own address.
    PhaseHandlers("post read", (PhaseHandler(realip.check, realip.concerns),)),
    # Before the location is looked for: the server's script may change the URI. Redirects inside and subrequests start here.
    PhaseHandlers("server rewrite", (PhaseHandler(rewrite.check_server, rewrite.has_script),), answers=True),
    # All that comes later asks the settings of the location.
    PhaseHandlers("find config", (PhaseHandler(find_config),)),
    # Before a request is refused or counted: the location's script may lead to another location. Named locations start here.
    PhaseHandlers(
        "rewrite",
        (
            PhaseHandler(rewrite.check_location, rewrite.has_script),
            PhaseHandler(headers_more.check_input, headers_more.changes_input),
        ),
        answers=True,
    ),
    # After the whole script, so that only its final URI matters: back to "find config" if the script has changed the URI.
    PhaseHandlers("post rewrite", (PhaseHandler(rewrite.follow, rewrite.may_have_changed),)),
    # The location is final. realip again, with its settings; limits before access, so that guessing passwords is limited too.
    PhaseHandlers(
        "preaccess",
        (
            PhaseHandler(realip.check, realip.concerns),
            PhaseHandler(limit_req.check, limit_req.concerns),
            PhaseHandler(limit_conn.check, limit_conn.concerns),
        ),
    ),
    # Before any file is looked at: a client without access must not learn what is in the location.
    PhaseHandlers("access", (PhaseHandler(satisfy.check, satisfy.concerns),)),
    # try_files chooses the URI that is answered. mirror copies a request that has access, before its answer begins.
    PhaseHandlers("precontent", (PhaseHandler(try_files.check, try_files.concerns), PhaseHandler(mirror.check, mirror.concerns))),
    # If the location's handler declines, the file of the URI is sent.
    PhaseHandlers("content", (PhaseHandler(_answer), PhaseHandler(static.handle), PhaseHandler(_not_there)), answers=True),
)


class _Step(Struct, frozen=True):
    """A handler on the way through the phases. place: where it stands on it.  after: where the next phase begins.

    answers: see `PhaseHandlers`.
    """

    handle: Handler
    place: int
    after: int
    answers: bool


_PLACES = {phase.name: sum(len(before.handlers) for before in PHASES[:number]) for number, phase in enumerate(PHASES)}
_SERVER_REWRITE = _PLACES["server rewrite"]
_FIND_CONFIG = _PLACES["find config"]
_REWRITE = _PLACES["rewrite"]
_CONTENT = _PLACES["content"]


def _way(location: Location, begin: int) -> tuple[_Step, ...]:
    """The handlers from a place on that concern requests of a location."""
    steps: list[_Step] = []
    for phase in PHASES:
        first = _PLACES[phase.name]
        after = first + len(phase.handlers)
        for place, handler in enumerate(phase.handlers, first):
            if place >= begin and handler.concerns(location):
                steps.append(_Step(handler.handle, place, after, phase.answers))
    return tuple(steps)


async def _run(request: Request, place: int) -> int:
    """Take a request through the phases, from a place on. Returns the status to finalize it with.

    Each location has its own way, found out once. It is left where a handler leads to another location or ends its phase.
    """
    ways = request.http.ways
    while True:
        location = request.location
        way: tuple[_Step, ...] | None = ways.get((location, place))
        if way is None:
            way = ways[location, place] = _way(location, place)
        for step in way:
            try:
                status = step.handle(request)
                if not isinstance(status, int):
                    status = await status
            except PatternFailed as failed:
                request.connection.log("alert", failed.message, request)
                return INTERNAL_SERVER_ERROR
            if status == DECLINED:
                if request.location is location:
                    continue
                place = step.place + 1
            elif status == FIND_CONFIG:
                place = _FIND_CONFIG
            elif status != OK or step.answers:
                return status
            else:
                place = step.after
            break


def begin(request: Request) -> Coroutine[Any, Any, None] | None:
    """Serve a request whose head is whole and whose server is known, as far as nothing need wait.

    Most locations of a push server have nothing between "find config" and their content handler, and most of their requests are
    answered at once: no coroutine is needed for these.  Returns what does the rest, or None.
    """
    ways, location = request.http.ways, request.location
    way: tuple[_Step, ...] | None = ways.get((location, 0))
    if way is None:
        way = ways[location, 0] = _way(location, 0)
    if way[0].handle is not find_config:
        return serve(request)
    try:
        status = find_config(request)
    except PatternFailed as failed:
        request.connection.log("alert", failed.message, request)
        status = INTERNAL_SERVER_ERROR
    if status != OK:
        return finalize(request, status)
    if request.recorder is not None or not _cannot_wait(request):
        return _go_on(request)
    try:
        HANDLERS[request.progress.content_handler or STATIC](request).send(None)
    except StopIteration as ended:
        status = ended.value
    else:
        raise RuntimeError("a handler waits that cannot wait")
    if status not in (OK, DONE):
        return finalize(request, status)
    if status == OK and not request.response.complete:
        request.carrier.finish(request)
    return None


def _cannot_wait(request: Request) -> bool:
    """Whether nothing makes the request wait: its location asks only the content handler, and that has all it needs."""
    location, known = request.location, request.http.cannot_wait
    try:
        cannot_wait: Callable[[Request], bool] | None = known[location]
    except KeyError:
        asks_no_one = all(step.place >= _CONTENT for step in _way(location, _REWRITE))
        cannot_wait = known[location] = CANNOT_WAIT.get(location.content_handler or STATIC) if asks_no_one else None
    return cannot_wait is not None and cannot_wait(request)


async def _go_on(request: Request) -> None:
    """Answer a request whose location is found."""
    await finalize(request, await _run(request, _REWRITE))


async def serve(request: Request) -> None:
    """Answer a request whose head is whole and whose server is known."""
    if request.parent is not None:
        request.main.progress.log_action = b""
    begin = 0 if request.parent is None else _CONTENT if request.is_clone else _SERVER_REWRITE
    await finalize(request, await _run(request, begin))


async def finalize(request: Request, status: int) -> None:
    """End a request with what its handler returned, or with the status its head was refused with."""
    while True:
        if status == DONE:
            return None
        if request.parent is not None and status not in _REDIRECTED:
            status = _end_subrequest(request, status)
        if status == INTERNAL_REDIRECT:
            status = await _run(request, _SERVER_REWRITE)
        elif status == NAMED_LOCATION:
            enter_location(request)
            status = await _run(request, _REWRITE)
        elif status == ERROR or status in CLOSES:
            return request.carrier.terminate(request, status)
        elif status >= SPECIAL_RESPONSE or status in (CREATED, NO_CONTENT):
            restrict_connection(request, status)
            redirected = error_page.redirect(request, status)
            if redirected is None:
                if send_special_response(request, request.response.error_status) == ERROR:
                    return request.carrier.terminate(request, ERROR)
                return request.carrier.finish(request)
            status = redirected
        else:
            return request.carrier.finish(request)


def _end_subrequest(request: Request, status: int) -> int:
    """Do what is wanted of a subrequest when it ends. Returns the status to go on with."""
    if request.ending is not None:
        request.ending()
    text, response = request.substitute, request.response
    if text is None or status == ERROR or response.has_body:
        return status
    response.header_only = False
    if not response.sent:
        assert request.parent is not None
        response.content_type = request.parent.response.content_type
        if send_header(request) != OK:
            return ERROR
    send_body(request, text, last=True)
    return OK


def has_post_action(request: Request) -> bool:
    """Whether post_action asks for more now that the request is answered.

    As in nginx the location it leads to may have a post_action too, until the redirects inside are used up.
    """
    if request.location.of(HttpCoreLocation).post_action is None:
        return False
    return not request.progress.post_action or request.progress.uri_changes > 0


async def post_action(request: Request) -> None:
    """Send a request that is answered to the location of post_action. The client gets nothing of it; the log does."""
    target = request.location.of(HttpCoreLocation).post_action
    assert target is not None
    request.response.complete = False
    request.input.body_unread = False  # where it leads, the body may be wanted
    request.progress.post_action = request.response.header_only = True
    request.response.output = Output(request)
    if target.startswith(b"/"):
        status = internal_redirect(request, target, None)
    else:
        status = named_location(request, target)
    await finalize(request, status)
