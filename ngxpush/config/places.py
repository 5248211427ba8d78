"""The blocks a directive may stand in, and the ways a location is chosen, with nginx's names."""

from __future__ import annotations

import enum


class Context(enum.Flag):
    """Where a directive may stand. The names are nginx's blocks."""

    MAIN = enum.auto()
    EVENTS = enum.auto()
    HTTP = enum.auto()
    SERVER = enum.auto()
    LOCATION = enum.auto()
    SERVER_IF = enum.auto()
    LOCATION_IF = enum.auto()
    LIMIT_EXCEPT = enum.auto()
    UPSTREAM = enum.auto()
    MAIL = enum.auto()
    MAIL_SERVER = enum.auto()
    STREAM = enum.auto()
    STREAM_SERVER = enum.auto()
    STREAM_UPSTREAM = enum.auto()


HTTP_SERVER = Context.HTTP | Context.SERVER
HTTP_SERVER_LOCATION = HTTP_SERVER | Context.LOCATION
ALSO_IN_IF = HTTP_SERVER_LOCATION | Context.LOCATION_IF
ALSO_IN_LIMIT_EXCEPT = HTTP_SERVER_LOCATION | Context.LIMIT_EXCEPT
ANYWHERE = ~Context(0)


class LocationMatch(enum.Enum):
    """How a location is chosen. SERVER is the server block itself, where requests are before a location is found."""

    EXACT = "="
    PREFIX = ""
    PREFIX_NO_REGEX = "^~"
    REGEX = "~"
    NAMED = "@"
    SERVER = "server"
    IF = "if"
    LIMIT_EXCEPT = "limit_except"


STATIC_MATCHES = (LocationMatch.EXACT, LocationMatch.PREFIX, LocationMatch.PREFIX_NO_REGEX)
"""The matches that compare a location's name with the URI."""
