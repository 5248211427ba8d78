"""A server's head in the answer to the client.

Lines about the connection are dropped, `X-Accel-…` are instructions for nginx, some lines are rewritten, and all others pass in
their order. Recordings: core_access_proxy/proxy-response-headers, proxy-status-passes-through.
"""

from __future__ import annotations

from ...config.directives.gateways.proxy import ProxyLocation
from ...config.directives.http.core import HttpCoreLocation
from ...config.values import parse_number
from ..filters.charset import is_known
from ..request import Request
from ..variables.evaluation import set_variable
from . import rewriting
from .response import Head

# Lines that never pass.
_ENDING = frozenset((b"connection", b"keep-alive", b"transfer-encoding", b"content-length", b"content-type"))
# Lines that pass only if proxy_pass_header names them.
_HIDDEN = frozenset(
    (
        b"date",
        b"server",
        b"x-pad",
        b"x-accel-expires",
        b"x-accel-redirect",
        b"x-accel-limit-rate",
        b"x-accel-buffering",
        b"x-accel-charset",
    )
)
# Lines that are kept when X-Accel-Redirect leads to another location.
_REDIRECTED = frozenset((b"set-cookie", b"content-disposition", b"cache-control", b"expires", b"accept-ranges"))


def _hidden(settings: ProxyLocation) -> frozenset[bytes]:
    passed = {name.lower() for name in settings.pass_header}
    return (_HIDDEN - passed).union(name.lower() for name in settings.hide_header)


def take_over(request: Request, settings: ProxyLocation, head: Head) -> None:
    """Fill the response with a server's head."""
    response = request.response
    hidden = _hidden(settings)
    response.status = head.status
    response.status_line = head.status_line
    response.content_length = head.content_length
    response.disable_not_modified = True
    response.allow_ranges = settings.force_ranges
    _override_charset(request, settings, head)
    for name, value in head.headers:
        key = name.lower()
        if key in hidden or (key == b"accept-ranges" and settings.force_ranges):
            continue
        if key == b"content-type":
            set_content_type(request, value)
        elif key == b"location":
            _location(request, settings, name, value)
        elif key not in _ENDING:
            _pass(request, settings, key, name, value)


def _pass(request: Request, settings: ProxyLocation, key: bytes, name: bytes, value: bytes) -> None:
    response = request.response
    if key == b"set-cookie":
        value = rewriting.set_cookie(request, settings, value)
    elif key == b"refresh":
        value = rewriting.refresh(request, settings, value)
    elif key == b"server":
        response.server = value
    elif key == b"date":
        response.date = value
    elif key == b"content-encoding":
        response.content_encoding = value
    response.headers.append((name, value))


def _override_charset(request: Request, settings: ProxyLocation, head: Head) -> None:
    """X-Accel-Charset. The configuration has to name this charset too."""
    charset = _instruction(settings, head, b"x-accel-charset")
    if charset is None:
        return
    if is_known(request, charset):
        request.response.override_charset = charset
    else:
        request.connection.log("error", b'unknown charset "%b" to override' % charset, request)


def _location(request: Request, settings: ProxyLocation, name: bytes, value: bytes) -> None:
    """A Location that is rewritten to a path is made absolute, like nginx's own. Any other passes in its place."""
    rewritten = rewriting.redirect(request, settings, value)
    if rewritten is not None and rewritten.startswith(b"/") and request.location.of(HttpCoreLocation).absolute_redirect:
        request.response.location = rewritten
    else:
        request.response.headers.append((name, value if rewritten is None else rewritten))


def set_content_type(request: Request, value: bytes) -> None:
    """Parse a Content-Type. Its charset becomes that of the answer, and the line passes unchanged."""
    response = request.response
    response.content_type = value
    response.charset = response.content_type_line = None
    kind, *parameters = value.split(b";")
    for parameter in parameters:
        bare = parameter.lstrip(b" ")
        if bare[:8].lower() == b"charset=":
            response.content_type, response.charset = kind, bare[8:].strip(b'"')
            response.content_type_line = value
            return


def keep_for_redirect(request: Request, head: Head) -> None:
    """Keep the lines of an answer with X-Accel-Redirect that belong to the new answer too."""
    for name, value in head.headers:
        key = name.lower()
        if key == b"content-type":
            set_content_type(request, value)
        elif key in _REDIRECTED:
            request.response.headers.append((name, value))


def obey(request: Request, settings: ProxyLocation, head: Head) -> bool:
    """Obey X-Accel-Limit-Rate and X-Accel-Buffering, unless proxy_ignore_headers. Returns whether the answer is buffered."""
    buffering = settings.buffering
    rate = _instruction(settings, head, b"x-accel-limit-rate")
    if rate is not None and parse_number(rate) is not None:
        set_variable(request, b"limit_rate", rate)
    wanted = (_instruction(settings, head, b"x-accel-buffering") or b"").lower()
    if wanted in (b"yes", b"no"):
        buffering = wanted == b"yes"
    return buffering


def redirect_target(settings: ProxyLocation, head: Head) -> bytes | None:
    """The URI or name in X-Accel-Redirect; None without one."""
    return _instruction(settings, head, b"x-accel-redirect") or None


def _instruction(settings: ProxyLocation, head: Head, name: bytes) -> bytes | None:
    return None if name.decode() in settings.ignore_headers else head.get(name)
