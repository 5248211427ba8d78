"""From a URI to a location, and what applies once a request is in it: the find-config phase.

Look-ups are as in nginx; recordings of core-location.
"""

from __future__ import annotations

import enum

from ..config.configuration import Location
from ..config.directives.http.core import HttpCoreLocation
from ..config.places import LocationMatch
from .keepalive import limit_keepalive
from .recorder import Phase, note
from .request import Request
from .status import MOVED_PERMANENTLY, NOT_FOUND, OK, REQUEST_ENTITY_TOO_LARGE
from .uri import escape_uri
from .variables.evaluation import run_pattern


class Found(enum.Enum):
    """The result of a search for a location, as nginx's look-up returns it."""

    NOTHING = "nothing"
    PREFIX = "prefix"  # a prefix matches; a regular expression of an outer level may still win
    FINAL = "final"  # an exact location or a regular expression
    REDIRECT = "redirect"  # the location is the URI with a slash after it, and it redirects there


def find_config(request: Request) -> int:
    """Find the location of the URI, and check internal, the announced size of the body, and the slash redirect."""
    request.progress.content_handler = None
    request.progress.uri_changed = False
    found = find_location(request)
    location = request.location
    if found is Found.NOTHING:
        note(request, Phase.LOCATION, location.statement, "no location fits: what the server itself sets holds")
    settings = location.of(HttpCoreLocation)
    if settings.internal and not request.progress.internal:
        note(request, Phase.LOCATION, location.statement, "is internal, and the client asks for it")
        return NOT_FOUND
    enter_location(request)
    limit, length = settings.client_max_body_size, request.input.content_length
    if limit and length is not None and length > limit:
        return _refuse_body(request, length)
    if found is Found.REDIRECT:
        target = escape_uri(location.name)
        request.response.location = target + b"?" + request.args if request.args else target
        return MOVED_PERMANENTLY
    return OK


def _refuse_body(request: Request, length: int) -> int:
    request.connection.log("error", b"client intended to send too large body: %d bytes" % length, request)
    request.input.expect_tested = True
    request.carrier.discard_body(request)
    request.input.content_length = 0  # a skipped body does not count, so that the error's own page is not refused
    return REQUEST_ENTITY_TOO_LARGE


def enter_location(request: Request) -> None:
    """Apply a location to the request: its limit_except, its content handler."""
    location = request.location
    if location.limit_except is not None and request.method not in location.limit_except.methods:
        request.location = location = location.limit_except.location
        note(request, Phase.LOCATION, location.statement, "holds for this method")
    if location.content_handler is not None:
        request.progress.content_handler = location.content_handler
    limit_keepalive(request)


def find_location(request: Request) -> Found:
    """Find the location for the request's URI below the one it is in, and put the request there.

    If nothing is found, the location is unchanged. A regular expression that matches sets the captures.
    """
    locations = request.location.locations
    if locations is None:
        return Found.NOTHING
    uri = request.uri
    exact = locations.exact.get(uri)
    if exact is not None:
        _enter(request, exact, "is exactly the URI: no other is looked at")
        return Found.FINAL
    prefix = _longest_prefix(locations.prefix, uri)
    if locations.redirects and (prefix is None or len(prefix.name) < len(uri)):
        redirect = locations.redirects.get(uri + b"/")
        if redirect is not None:
            _enter(request, redirect, "is the URI but for its last slash: redirects there")
            return Found.REDIRECT
    if prefix is None:
        return _find_by_pattern(request, locations.regex, Found.NOTHING)
    request.location = prefix
    note(request, Phase.LOCATION, prefix.statement, "is the longest prefix of {}", uri)
    found = find_location(request)
    if found is Found.FINAL or found is Found.REDIRECT:
        return found
    if prefix.match is LocationMatch.PREFIX_NO_REGEX:
        note(request, Phase.LOCATION, prefix.statement, "has ^~: no regular expression is tried")
        return Found.PREFIX
    return _find_by_pattern(request, locations.regex, Found.PREFIX)


def _enter(request: Request, location: Location, why: str) -> None:
    request.location = location
    note(request, Phase.LOCATION, location.statement, why)


def _longest_prefix(prefixes: tuple[Location, ...], uri: bytes) -> Location | None:
    for location in prefixes:
        if uri.startswith(location.name):
            return location
    return None


def _find_by_pattern(request: Request, candidates: tuple[Location, ...], found: Found) -> Found:
    """Try the regular expressions in order. Returns `found` if none matches."""
    for location in candidates:
        assert location.pattern is not None
        if not run_pattern(request, location.pattern, request.uri):
            note(request, Phase.LOCATION, location.statement, "does not match")
            continue
        note(request, Phase.LOCATION, location.statement, "matches{}", (request.captures, location.pattern))
        request.location = location
        find_location(request)
        return Found.FINAL
    return found
