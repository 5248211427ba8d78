"""error_page: another answer in place of an error. Recordings: core-error-page."""

from __future__ import annotations

from ..config.directives.http.core import HttpCoreLocation
from ..config.directives.http.error_page import ErrorPage
from ..config.tree import Statement
from .recorder import Phase, note
from .redirect import internal_redirect, named_location
from .request import Request
from .status import BAD_REQUEST, MOVED_TEMPORARILY, REDIRECTS
from .uri import split_args
from .variables.evaluation import evaluate

# nginx's own codes: a header that is too large, and TLS errors.
_SENT_AS_BAD_REQUEST = (494, 495, 496, 497)

# `=` and `=200`: the answer is no error, so a client that asks for it still gets its 100 Continue.
_GO_ON = (0, 200)


def redirect(request: Request, status: int) -> int | None:
    """Look for the error_page of an error and go there.

    Returns the code to finalize the request with, which is that of the redirect inside.  None: nginx's own page for
    `response.error_status` is to be sent, because there is no error_page, or it is a URL, which is then in `response.location`.
    """
    progress, response = request.progress, request.response
    response.error_status = status
    response.content_type = None
    settings = request.location.of(HttpCoreLocation)
    if progress.error_page or not settings.error_page or progress.uri_changes <= 0:
        return None
    if not settings.recursive_error_pages:
        progress.error_page = True
    for number, page in enumerate(settings.error_page):
        if status in page.codes:
            return _follow(request, page, status, request.location.source("error_page", number))
    return None


def _follow(request: Request, page: ErrorPage, status: int, source: Statement | None) -> int | None:
    response = request.response
    if page.overwrite not in _GO_ON:
        request.input.expect_tested = True
    if page.overwrite is not None:
        response.error_status = page.overwrite
    elif response.error_status in _SENT_AS_BAD_REQUEST:
        response.error_status = BAD_REQUEST
    target = evaluate(request, page.uri)
    sent = ", sent as {}" if page.overwrite else ""
    note(request, Phase.ERROR_PAGE, source, "{} is answered by {}" + sent, status, target, page.overwrite)
    if target.startswith(b"/"):
        if request.method != b"HEAD":
            request.method = b"GET"
        uri, args = split_args(target)
        return internal_redirect(request, uri, args if b"?" in target or page.uri.constant is None else None)
    if target.startswith(b"@"):
        return named_location(request, target)
    response.location = target
    if page.overwrite not in REDIRECTS:
        response.error_status = MOVED_TEMPORARILY
    return None
