"""From a URI to a location, and what applies once a request is in it: the find-config phase.

Look-ups are as in nginx; recordings of core-location.
"""

from __future__ import annotations

import enum

from ..config.configuration import Location, Locations
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
    PREFIX = "prefix"  # a prefix, and no regular expression
    FINAL = "final"  # an exact location
    PATTERN = "pattern"  # a regular expression; there may be locations inside it
    REDIRECT = "redirect"  # the location is the URI with a slash after it, and it redirects there


# Python 3.11 looks members of enums up by several calls: those that each request needs have names of their own.
_LOCATION = Phase.LOCATION
_NOTHING, _PREFIX, _FINAL, _PATTERN, _REDIRECT = Found


def find_config(request: Request) -> int:
    """Find the location of the URI, and check internal, the announced size of the body, and the slash redirect."""
    request.progress.content_handler = None
    request.progress.uri_changed = False
    found = find_location(request)
    location = request.location
    if found is _NOTHING:
        note(request, _LOCATION, location.statement, "no location fits: what the server itself sets holds")
    settings = location.of(HttpCoreLocation)
    if settings.internal and not request.progress.internal:
        note(request, _LOCATION, location.statement, "is internal, and the client asks for it")
        return NOT_FOUND
    enter_location(request)
    limit, length = settings.client_max_body_size, request.input.content_length
    if limit and length is not None and length > limit:
        return _refuse_body(request, length)
    if found is _REDIRECT:
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
        note(request, _LOCATION, location.statement, "holds for this method")
    if location.content_handler is not None:
        request.progress.content_handler = location.content_handler
    limit_keepalive(request)


def find_location(request: Request) -> Found:
    """Find the location for the request's URI below the one it is in, and put the request there.

    If nothing is found, the location is unchanged. A regular expression that matches sets the captures.
    """
    found = inside = _search(request)
    while inside is _PATTERN:  # what is found inside a pattern's location does not change that it was a pattern's
        inside = _search(request)
    return found


def _search(request: Request) -> Found:
    """Go in, from level to level, by the longest prefix; then out again, trying each level's patterns until one matches."""
    uri = request.uri
    entered: list[tuple[Locations, Location]] = []
    while (locations := request.location.locations) is not None:
        exact = locations.exact.get(uri)
        if exact is not None:
            request.location = exact
            if request.recorder is not None:
                note(request, _LOCATION, exact.statement, "is exactly the URI: no other is looked at")
            return _FINAL
        prefix = _longest_prefix(locations, uri)
        if locations.redirects and (prefix is None or len(prefix.name) < len(uri)):
            redirect = locations.redirects.get(uri + b"/")
            if redirect is not None:
                request.location = redirect
                note(request, _LOCATION, redirect.statement, "is the URI but for its last slash: redirects there")
                return _REDIRECT
        if prefix is None:
            if _find_by_pattern(request, locations.regex):
                return _PATTERN
            break
        entered.append((locations, prefix))
        request.location = prefix
        if request.recorder is not None:
            note(request, _LOCATION, prefix.statement, "is the longest prefix of {}", uri)
    for locations, prefix in reversed(entered):
        if prefix.match is LocationMatch.PREFIX_NO_REGEX:
            note(request, _LOCATION, prefix.statement, "has ^~: no regular expression is tried")
        elif _find_by_pattern(request, locations.regex):
            return _PATTERN
    return _PREFIX if entered else _NOTHING


def _longest_prefix(locations: Locations, uri: bytes) -> Location | None:
    """The location with the longest name that the URI begins with. For a length beyond the URI's the whole URI is looked up."""
    for length in locations.lengths:
        found = locations.prefix.get(uri[:length])
        if found is not None:
            return found
    return None


def _find_by_pattern(request: Request, candidates: tuple[Location, ...]) -> bool:
    """Enter the first location whose regular expression matches. False if none does."""
    for location in candidates:
        assert location.pattern is not None
        if run_pattern(request, location.pattern, request.uri):
            note(request, _LOCATION, location.statement, "matches{}", (request.captures, location.pattern))
            request.location = location
            return True
        note(request, _LOCATION, location.statement, "does not match")
    return False
