"""The phases of a request, in nginx's order.

post-read → server rewrite → find location → rewrite (and back to "find location") → preaccess → access → try_files → mirror →
content; what a handler returns is finalized: answered, or handed to an error_page, which goes through the phases again.
"""

from __future__ import annotations

from ..config.directives.content.try_files import TryFilesLocation
from ..config.directives.http.core import HttpCoreLocation
from . import access, error_page, mirror, try_files
from .content import HANDLERS
from .errors import CLOSES, restrict_connection, send_special_response
from .keepalive import limit_keepalive
from .output import Output
from .recorder import Phase
from .redirect import internal_redirect, named_location
from .request import Request
from .rewrite import run_script
from .routing import Found, find_location
from .status import (
    CREATED,
    DECLINED,
    DONE,
    ERROR,
    FORBIDDEN,
    INTERNAL_REDIRECT,
    INTERNAL_SERVER_ERROR,
    MOVED_PERMANENTLY,
    NAMED_LOCATION,
    NO_CONTENT,
    NOT_FOUND,
    OK,
    REQUEST_ENTITY_TOO_LARGE,
    SPECIAL_RESPONSE,
)
from .uri import escape_uri

STATIC = "static"


async def serve(request: Request) -> None:
    """Answer a request whose head is whole and whose server is known."""
    if request.parent is None:
        for check in access.POST_READ:
            await check(request)
    await finalize(request, await _from_server_rewrite(request))


async def finalize(request: Request, status: int) -> None:
    """End a request with what its handler returned, or with the status its head was refused with."""
    while True:
        if status == DONE:
            return None
        if status == INTERNAL_REDIRECT:
            status = await _from_server_rewrite(request)
        elif status == NAMED_LOCATION:
            enter_location(request)
            status = await _from_rewrite(request)
        elif status == ERROR or status in CLOSES:
            return request.connection.terminate(request, status)
        elif status >= SPECIAL_RESPONSE or status in (CREATED, NO_CONTENT):
            restrict_connection(request, status)
            redirected = error_page.redirect(request, status)
            if redirected is None:
                send_special_response(request, request.error_status)
                return request.connection.finish(request)
            status = redirected
        else:
            return request.connection.finish(request)


def has_post_action(request: Request) -> bool:
    """Whether post_action asks for more now that the request is answered.

    As in nginx it counts again for the location it has led to, until the redirects inside are used up.
    """
    return request.location.of(HttpCoreLocation).post_action is not None and (not request.post_action or request.uri_changes > 0)


async def post_action(request: Request) -> None:
    """Go to the location of post_action with a request that is answered. The client hears nothing of it; the log does."""
    target = request.location.of(HttpCoreLocation).post_action
    assert target is not None
    request.complete = False
    request.post_action = request.header_only = True
    request.output = Output(request)
    if target.startswith(b"/"):
        status = internal_redirect(request, target, b"")
    else:
        status = named_location(request, target)
    await finalize(request, status)


async def _from_server_rewrite(request: Request) -> int:
    request.valid_location = True
    script = request.location.script
    if script:
        status = await run_script(request, script)
        if status != DECLINED:
            return status
    status = _find_config(request)
    return status if status != OK else await _from_rewrite(request)


async def _from_rewrite(request: Request) -> int:
    """The location's rewrite phase, again for each location it leads to, and all that follows."""
    while request.location.script and request.location is not request.server.location:
        status = await run_script(request, request.location.script)
        if status != DECLINED:
            return status
        if not request.uri_changed:
            break
        request.uri_changes -= 1
        if request.uri_changes <= 0:
            message = b'rewrite or internal redirection cycle while processing "%b"' % request.uri
            request.connection.log("error", message, request)
            return INTERNAL_SERVER_ERROR
        request.location = request.server.location
        status = _find_config(request)
        if status != OK:
            return status
    return await _from_access(request)


def _find_config(request: Request) -> int:
    """The location of the URI, and what is checked at once: internal, the announced size of the body, the slash redirect."""
    request.content_handler = None
    request.uri_changed = False
    found = find_location(request)
    location = request.location
    settings = location.of(HttpCoreLocation)
    if request.recorder is not None and found is Found.NOTHING:
        request.recorder.note(Phase.LOCATION, "no location fits: what the server itself sets holds", location.statement)
    if settings.internal and not request.internal:
        if request.recorder is not None:
            request.recorder.note(Phase.LOCATION, "is internal, and the client asks for it", location.statement)
        return NOT_FOUND
    enter_location(request)
    limit, length = settings.client_max_body_size, request.content_length
    if limit and length is not None and length > limit:
        request.connection.log("error", b"client intended to send too large body: %d bytes" % length, request)
        request.expect_tested = True
        request.connection.discard_body(request)
        request.content_length = 0  # what is skipped counts no more, so that the error's own page is not refused
        return REQUEST_ENTITY_TOO_LARGE
    if found is Found.REDIRECT:
        target = escape_uri(location.name)
        request.response.location = target + b"?" + request.args if request.args else target
        return MOVED_PERMANENTLY
    return OK


def enter_location(request: Request) -> None:
    """Take over what a location sets for the request: its limit_except, its content handler."""
    location = request.location
    if location.limit_except is not None and request.method not in location.limit_except.methods:
        request.location = location = location.limit_except.location
        if request.recorder is not None:
            request.recorder.note(Phase.LOCATION, "holds for this method", location.statement)
    if location.content_handler is not None:
        request.content_handler = location.content_handler
    limit_keepalive(request)


async def _from_access(request: Request) -> int:
    for check in access.PREACCESS:
        status = await check(request)
        if status not in (DECLINED, OK):
            return status
    if request.parent is None:
        status = await access.run(request)
        if status != OK:
            return status
    tried = request.location.of(TryFilesLocation).try_files
    if tried is not None:
        status = await try_files.run(request, tried)
        if status != DECLINED:
            return status
    status = await mirror.start(request)
    return status if status != OK else await _content(request)


async def _content(request: Request) -> int:
    if request.recorder is not None:
        request.recorder.note(Phase.CONTENT, request.content_handler or STATIC, request.location.statement)
    if request.content_handler is not None:
        status = await HANDLERS[request.content_handler](request)
        if status != DECLINED:
            return status
    status = await HANDLERS[STATIC](request)
    if status != DECLINED:
        return status
    return FORBIDDEN if request.uri.endswith(b"/") else NOT_FOUND
