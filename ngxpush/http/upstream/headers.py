"""A server's head in the answer to the client.

Lines about the connection are dropped, `X-Accel-…` are instructions for nginx, some lines are rewritten, and all others pass in
their order. Recordings: core_access_proxy/proxy-response-headers, proxy-status-passes-through.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator

from ...config.directives.gateways.location import GatewayLocation
from ...config.directives.http.core import HttpCoreLocation
from ...dates import parse_http_date
from ...numbers import parse_decimal
from ..request import Request
from .codec import Rewriting
from .response import Head

# Lines that never pass.
_ENDING = frozenset((b"connection", b"keep-alive", b"transfer-encoding", b"content-length", b"content-type"))
_OBEYED = frozenset((b"x-accel-charset", b"x-accel-buffering", b"x-accel-limit-rate"))
# Lines that are kept when X-Accel-Redirect leads to another location.
_REDIRECTED = frozenset((b"set-cookie", b"content-disposition", b"cache-control", b"expires", b"accept-ranges"))


def hidden_names(settings: GatewayLocation) -> frozenset[bytes]:
    """The names of lines that do not pass, in lower case."""
    passed = {name.lower() for name in settings.pass_header}
    return (settings.hidden - passed).union(name.lower() for name in settings.hide_header)


def obey(request: Request, settings: GatewayLocation, head: Head) -> None:
    """Obey the `X-Accel-…` lines that concern how the answer is sent, unless proxy_ignore_headers names them.

    nginx does so line by line while it reads the head: also of an answer that is then refused, intercepted or led elsewhere. Of
    two lines the last one that makes sense counts.
    """
    response = request.response
    for name, value in head.headers:
        key = name.lower()
        if key in _OBEYED and key.decode() not in settings.ignore_headers:
            if key == b"x-accel-charset":
                response.override_charset = value or None
            elif key == b"x-accel-buffering" and value.lower() in (b"yes", b"no"):
                response.upstream_buffering = value.lower() == b"yes"
            elif key == b"x-accel-limit-rate":
                rate = parse_decimal(value)
                response.limit_rate = response.limit_rate if rate is None else rate


def is_buffered(request: Request, settings: GatewayLocation) -> bool:
    """Whether the answer is read ahead of the client: by X-Accel-Buffering or PREFIX_buffering. Known once the head is obeyed."""
    wish = request.response.upstream_buffering if settings.changes_buffering else None
    return settings.buffering if wish is None else wish


def take_over(
    request: Request,
    settings: GatewayLocation,
    rewriting: Rewriting | None,
    head: Head,
    cacheable: bool = False,
    cached: bool = False,
) -> None:
    """Fill the response with a server's head.

    cacheable: the answer may be kept in a cache: it can be asked for by conditions and in parts.  cached: it comes from there.
    """
    response = request.response
    hidden = hidden_names(settings)
    response.status = head.status
    response.status_line = head.status_line or None
    response.content_length = head.content_length
    response.disable_not_modified = not cacheable
    if settings.force_ranges:
        response.allow_ranges, response.single_range = True, not cached
    response.own_server = _is_own(b"server", settings, hidden, head)
    response.own_date = _is_own(b"date", settings, hidden, head)
    absolute: int | None = None
    for key, name, value, rewritten in _rewritten_lines(request, rewriting, head, hidden):
        if key == b"accept-ranges" and _allows_ranges(request, settings, cacheable, cached):
            continue
        if key == b"content-type":
            set_content_type(request, value)
        elif key not in _ENDING:
            if key == b"location":
                _show_location(request, rewriting, value, rewritten)
                absolute = len(response.headers) if _becomes_absolute(request, rewritten) else absolute
            _pass(request, key, name, value if rewritten is None else rewritten)
    if absolute is not None:  # of several the last one
        response.location = response.headers.pop(absolute)[1]


def _is_own(name: bytes, settings: GatewayLocation, hidden: frozenset[bytes], head: Head) -> bool:
    """Whether nginx's own line of that name is sent."""
    return name in hidden or not (settings.always_theirs or head.all(name))


def _allows_ranges(request: Request, settings: GatewayLocation, cacheable: bool, cached: bool) -> bool:
    """Whether an Accept-Ranges means that parts can be asked for here, or is not needed for that; else it is passed on."""
    if (cacheable or cached) and not settings.force_ranges:
        request.response.allow_ranges, request.response.single_range = True, not cached
    return settings.force_ranges or cacheable or cached


def _rewritten_lines(
    request: Request, rewriting: Rewriting | None, head: Head, hidden: Container[bytes]
) -> Iterator[tuple[bytes, bytes, bytes, bytes | None]]:
    """The lines that are not hidden: the name in lower case, the name, the value, and what that is rewritten to, if it is."""
    shown = list(head.headers)  # those of the head itself go into the cache
    if request.upstream is not None:
        request.upstream.headers = shown
    for place, (name, value) in enumerate(head.headers):
        key = name.lower()
        if key in hidden:
            continue
        rewritten = None if rewriting is None else rewriting.rewrite(key, value)
        if rewritten is not None:
            shown[place] = (name, rewritten.left)
        yield key, name, value, None if rewritten is None else rewritten.value


def _show_location(request: Request, rewriting: Rewriting | None, value: bytes, rewritten: bytes | None) -> None:
    if rewritten is not None:
        request.response.shown_location = rewritten
    elif (rewriting is None or not rewriting.has_redirects) and not value.startswith(b"/"):
        request.response.shown_location = value


def _becomes_absolute(request: Request, rewritten: bytes | None) -> bool:
    """Whether a Location is rewritten to a path, which is made absolute as nginx's own is. Any other passes in its place."""
    is_path = rewritten is not None and rewritten.startswith(b"/")
    return is_path and request.location.of(HttpCoreLocation).absolute_redirect


def _pass(request: Request, key: bytes, name: bytes, value: bytes) -> None:
    response = request.response
    if key == b"content-encoding":
        response.content_encoding = value or None
    line = (name, value)
    if key == b"accept-ranges":
        response.accept_ranges = line
    elif key == b"last-modified":
        response.last_modified, response.last_modified_line = parse_http_date(value), line
    response.headers.append(line)


# The first parameter of that name; all after it belongs to its value.
_CHARSET = re.compile(rb"; *charset=\"?", re.IGNORECASE)


def set_content_type(request: Request, value: bytes) -> None:
    """Parse a Content-Type. Its charset becomes that of the answer, and the line passes unchanged."""
    response = request.response
    found = _CHARSET.search(value)
    if found is None:
        response.content_type, response.content_type_line = value or None, None
    else:
        response.content_type, response.content_type_line = value[: found.start()], value
        response.charset = value[found.end() :].removesuffix(b'"')


def keep_for_redirect(
    request: Request,
    settings: GatewayLocation,
    rewriting: Rewriting | None,
    head: Head,
    cacheable: bool = False,
    cached: bool = False,
) -> None:
    """Keep the lines of an answer with X-Accel-Redirect that belong to the new answer too.

    cacheable, cached: as in `take_over`. nginx then lets parts of the new answer be asked for, whatever that is.
    """
    others = {name.lower() for name, _ in head.headers} - _REDIRECTED - {b"content-type"}
    for key, name, value, rewritten in _rewritten_lines(request, rewriting, head, others):
        if key == b"content-type":
            set_content_type(request, value)
        elif not (key == b"accept-ranges" and _allows_ranges(request, settings, cacheable, cached)):
            _pass(request, key, name, value if rewritten is None else rewritten)


def redirect_target(settings: GatewayLocation, head: Head) -> bytes | None:
    """The URI or name in the first X-Accel-Redirect; None without one, or if proxy_ignore_headers names it."""
    targets = head.all(b"x-accel-redirect")
    return targets[0] if targets and "x-accel-redirect" not in settings.ignore_headers else None
