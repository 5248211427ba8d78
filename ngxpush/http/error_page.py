"""error_page: another answer in place of an error. Recordings: core-error-page."""

from __future__ import annotations

from ..config.directives.http.core import HttpCoreLocation
from ..config.directives.http.error_page import ErrorPage
from .recorder import Phase, quoted
from .redirect import internal_redirect, named_location
from .request import Request
from .status import BAD_REQUEST, MOVED_TEMPORARILY, REDIRECTS
from .uri import split_args
from .variables import evaluate

# nginx's own codes: too large a header, and TLS trouble.
_SENT_AS_BAD_REQUEST = (494, 495, 496, 497)


def redirect(request: Request, status: int) -> int | None:
    """Look for the error_page of an error and go there.

    The code to finalize the request with: that of the redirect inside.  None when nginx's own page for `request.error_status`
    is to be sent: there is no error_page, or it is the address of another server, which stands in `response.location` then.
    """
    request.error_status = status
    request.response.content_type = None
    settings = request.location.of(HttpCoreLocation)
    if request.error_page or not settings.error_page or request.uri_changes <= 0:
        return None
    if not settings.recursive_error_pages:
        request.error_page = True
    for page in settings.error_page:
        if status in page.codes:
            return _follow(request, page, status)
    return None


def _follow(request: Request, page: ErrorPage, status: int) -> int | None:
    if page.overwrite is not None:
        request.error_status = page.overwrite
    elif request.error_status in _SENT_AS_BAD_REQUEST:
        request.error_status = BAD_REQUEST
    target = evaluate(request, page.uri)
    if request.recorder is not None:
        sent = f", sent as {page.overwrite}" if page.overwrite else ""
        request.recorder.note(Phase.ERROR_PAGE, f"{status} is answered by {quoted(target)}{sent}")
    if target.startswith(b"/"):
        if request.method != b"HEAD":
            request.method = b"GET"
        return internal_redirect(request, *split_args(target))
    if target.startswith(b"@"):
        return named_location(request, target)
    request.response.location = target
    if page.overwrite not in REDIRECTS:
        request.error_status = MOVED_TEMPORARILY
    return None
