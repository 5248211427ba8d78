"""The phases of a request: a table in nginx's order, and the loop that walks it.

The result of the last handler is finalized: it is answered, or an error_page is, by another walk through the phases. The log
phase is not here: the connection logs a request when it has ended.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..config.directives.http.core import HttpCoreLocation
from ..config.pattern import PatternFailed
from . import error_page, mirror, rewrite, try_files
from .access import limit_conn, limit_req, realip, satisfy
from .body_output import Output
from .content import HANDLERS, static
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

STATIC = "static"
"""The name of the content handler of a location that sets none."""

Handler = Callable[[Request], Status]


@dataclass(frozen=True, slots=True)
class PhaseHandlers:
    """One phase: its handlers are asked in order.

    A handler that returns DECLINED leaves the request to the next one; OK ends the phase; any other status ends the request.
    """

    # As nginx calls it.
    name: str

    handlers: tuple[Handler, ...]

    # OK means that the answer is out, and ends the request too.
    answers: bool = False


def _answer(request: Request) -> Status:
    """Have the location's content handler answer, if it has one."""
    handler = request.progress.content_handler
    note(request, Phase.CONTENT, request.location.statement, handler or STATIC)
    return DECLINED if handler is None else HANDLERS[handler](request)


def _not_there(request: Request) -> int:
    return FORBIDDEN if request.uri.endswith(b"/") else NOT_FOUND


PHASES = (
    # First, so that everything after it sees the client's own address.
    PhaseHandlers("post read", (realip.check,)),
    # Before the location is looked for: the server's script may change the URI. Redirects inside and subrequests start here.
    PhaseHandlers("server rewrite", (rewrite.check_server,), answers=True),
    # All that comes later asks the settings of the location.
    PhaseHandlers("find config", (find_config,)),
    # Before a request is refused or counted: the location's script may lead to another location. Named locations start here.
    PhaseHandlers("rewrite", (rewrite.check_location, headers_more.check_input), answers=True),
    # After the whole script, so that only its final URI matters: back to "find config" if the script has changed the URI.
    PhaseHandlers("post rewrite", (rewrite.follow,)),
    # The location is final. realip again, with its settings; limits before access, so that guessing passwords is limited too.
    PhaseHandlers("preaccess", (realip.check, limit_req.check, limit_conn.check)),
    # Before any file is looked at: a client without access must not learn what is in the location.
    PhaseHandlers("access", (satisfy.check,)),
    # try_files chooses the URI that is answered. mirror copies a request that has access, before its answer begins.
    PhaseHandlers("precontent", (try_files.check, mirror.check)),
    # If the location's handler declines, the file of the URI is sent.
    PhaseHandlers("content", (_answer, static.handle, _not_there), answers=True),
)

_PLACES = {phase.name: place for place, phase in enumerate(PHASES)}
_SERVER_REWRITE = _PLACES["server rewrite"]
_FIND_CONFIG = _PLACES["find config"]
_REWRITE = _PLACES["rewrite"]
_CONTENT = _PLACES["content"]


async def _run(request: Request, place: int) -> int:
    """Take a request through the phases, from a place in the table on. Returns the status to finalize it with."""
    while True:
        phase = PHASES[place]
        place += 1
        for handler in phase.handlers:
            try:
                status = handler(request)
                if not isinstance(status, int):
                    status = await status
            except PatternFailed as failed:
                request.connection.log("alert", failed.message, request)
                return INTERNAL_SERVER_ERROR
            if status == DECLINED:
                continue
            if status == FIND_CONFIG:
                place = _FIND_CONFIG
            elif status != OK or phase.answers:
                return status
            break


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
    request.progress.post_action = request.response.header_only = True
    request.response.output = Output(request)
    if target.startswith(b"/"):
        status = internal_redirect(request, target, None)
    else:
        status = named_location(request, target)
    await finalize(request, status)
