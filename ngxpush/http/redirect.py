"""Redirects inside the server: to another URI or to a named location.

A redirect to a URI has arguments of its own or none, which is a difference in the log: empty ones are nothing, missing ones a
dash. try_files, and an error_page with variables, always have some; the others where their URI has a question mark. `index`
keeps those of the request.

Both change the request and return a code that a handler passes on. `phases` then starts again.
"""

from __future__ import annotations

from .recorder import Phase, note
from .request import Request
from .status import INTERNAL_REDIRECT, INTERNAL_SERVER_ERROR, NAMED_LOCATION


def internal_redirect(request: Request, uri: bytes, args: bytes | None) -> int:
    """Start again with another URI, from the server's rewrite phase on. args: None for none."""
    return _internal_redirect(request, uri, args or b"", args is not None)


def internal_redirect_with_same_args(request: Request, uri: bytes) -> int:
    """The same with the arguments unchanged."""
    return _internal_redirect(request, uri, request.args, request.progress.own_args)


def _internal_redirect(request: Request, uri: bytes, args: bytes, own_args: bool) -> int:
    if _is_cycle(request):
        request.connection.log(
            "error", b'rewrite or internal redirection cycle while internally redirecting to "%b"' % uri, request
        )
        return INTERNAL_SERVER_ERROR
    note(request, Phase.REDIRECT, None, "to the URI {} with the arguments {}", uri, args)
    request.uri = uri
    request.args = args
    request.progress.own_args = own_args
    request.progress.valid_unparsed_uri = False
    request.progress.valid_location = True
    request.main.progress.log_action = b""
    _begin_again(request)
    request.location = request.server.location
    return INTERNAL_REDIRECT


def named_location(request: Request, name: bytes) -> int:
    """Go on in a named location (`@name`), with the URI and arguments unchanged."""
    if _is_cycle(request):
        request.connection.log(
            "error", b'rewrite or internal redirection cycle while redirect to named location "%b"' % name, request
        )
        return INTERNAL_SERVER_ERROR
    if not request.uri:
        request.connection.log("error", b'empty URI in redirect to named location "%b"' % name, request)
        return INTERNAL_SERVER_ERROR
    location = request.server.named.get(name)
    if location is None:
        request.connection.log("error", b'could not find named location "%b"' % name, request)
        return INTERNAL_SERVER_ERROR
    note(request, Phase.REDIRECT, location.statement, "to the named location")
    _begin_again(request)
    request.location = location
    return NAMED_LOCATION


def _is_cycle(request: Request) -> bool:
    request.progress.uri_changes -= 1
    return request.progress.uri_changes <= 0


def _begin_again(request: Request) -> None:
    progress = request.progress
    progress.internal = True
    progress.uri_changed = False
    progress.content_handler = None
    request.modules.clear()
