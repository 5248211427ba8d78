"""Typed configuration: what the compiler makes of the directive tree, with everything inherited.

A request never looks at directive text: it walks these objects. They are made once and not changed afterwards.  Each module's
settings are an attribute with that module's name, an instance of a dataclass that stands beside the module's rows in `directives`.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import Any

from .complex_value import ComplexValue
from .pattern import Pattern
from .tree import Statement


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


@dataclass(slots=True, eq=False)
class Location:
    """A location, a server outside its locations, an `if` inside a location, or a limit_except.

    name: the prefix or pattern as written.  statement: where it stands; None for an implied one.
    script: the rewrite module's steps (set, if, rewrite, return, break) in order; `rewrite.Step`.
    content_handler: a name in http.content, None for static files; not inherited, but an `if` has its location's.
    locations: the nested locations, ready for lookup.
    sources: for `explain`: directive name → the statement its effective value comes from.
    modules: settings by module name, e.g. modules["push_stream"] is a PushStreamLocation; the accessors below give them typed.
    """

    name: bytes
    match: LocationMatch
    pattern: Pattern | None = None
    statement: Statement | None = None
    content_handler: str | None = None
    script: tuple[Any, ...] = ()
    locations: Locations | None = None
    parent: Location | None = None
    sources: dict[str, Statement] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Locations:
    """The locations of one level as nginx looks them up: exact, longest prefix, then the regexes in order."""

    exact: dict[bytes, Location] = field(default_factory=dict)
    prefix: tuple[Location, ...] = ()
    regex: tuple[Location, ...] = ()
    named: dict[bytes, Location] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ListenAddress:
    """An address to listen on, with its socket options.

    host: b"" for all IPv4 addresses (`*`), `::` …; path: of a unix socket, then host and port mean nothing.
    """

    host: bytes = b""
    port: int = 80
    path: bytes | None = None
    ipv6: bool = False
    options: tuple[tuple[str, Any], ...] = ()


__all__ = ["ComplexValue", "ListenAddress", "Location", "LocationMatch", "Locations"]
