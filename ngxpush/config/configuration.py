"""Typed configuration: what the compiler makes of the directive tree, with everything inherited.

A request never looks at directive text: it walks these objects. They are made once and not changed afterwards.  A module's
settings are an instance of a dataclass beside the module's rows in `directives`; the class is the key of the look-up:
`location.of(HttpCoreLocation)`.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from .mapping import Geo, Map, SplitClients
from .pattern import Pattern
from .script import Step
from .tree import Statement

if TYPE_CHECKING:
    from .directives.http_core_slots import ServerName
    from .directives.upstream import UpstreamGroup

Settings = TypeVar("Settings")


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
    """A location, a server outside its locations, an `if`, or a limit_except.

    name: the prefix, as it is compared with the URI, or the pattern as written; an `if` has its location's.
    statement: where it stands.  parent: the block around it, None for a server.
    script: the rewrite module's steps in order.
    content_handler: a name in http.content; None for static files.  It is not inherited.  That of an `if` is None unless one is
        written in it: the request then keeps the handler it has (nginx's rule).
    auto_redirect: whether the location's name without its slash is redirected to it (proxied prefixes that end in a slash).
    locations: the nested locations, ready for lookup.
    limit_except: what applies to the methods a limit_except does not name, and the methods it names.
    sources: for `explain`: directive name → the statements its effective value comes from.
    """

    name: bytes
    match: LocationMatch
    pattern: Pattern | None = None
    statement: Statement | None = None
    parent: Location | None = None
    content_handler: str | None = None
    auto_redirect: bool = False
    script: tuple[Step, ...] = ()
    locations: Locations | None = None
    limit_except: LimitExcept | None = None
    sources: dict[str, tuple[Statement, ...]] = field(default_factory=dict)
    settings: dict[type[Any], Any] = field(default_factory=dict)

    def of(self, kind: type[Settings]) -> Settings:
        """The settings of this class; the class is the key."""
        found: Settings = self.settings[kind]
        return found


@dataclass(frozen=True, slots=True, eq=False)
class LimitExcept:
    """`limit_except METHOD … { … }`: a request of any other method takes `location`'s settings."""

    methods: frozenset[bytes]
    location: Location


@dataclass(slots=True, eq=False)
class Locations:
    """The locations of one level as nginx looks them up.

    exact: by URI.  prefix: from the longest to the shortest.  regex: in the order of the file.
    redirects: those whose name without the slash is redirected to them, by their whole name.
    """

    exact: dict[bytes, Location] = field(default_factory=dict)
    prefix: tuple[Location, ...] = ()
    regex: tuple[Location, ...] = ()
    redirects: dict[bytes, Location] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ListenAddress:
    """An address to listen on, with its socket options.

    host: b"" for all IPv4 addresses (`*`), `::` …; path: of a unix socket, then host and port mean nothing.
    """

    host: bytes = b""
    port: int = 80
    path: bytes | None = None
    ipv6: bool = False
    default_server: bool = False
    options: tuple[tuple[str, Any], ...] = ()

    @property
    def key(self) -> tuple[bytes, int, bytes | None, bool]:
        """What makes two listen directives mean the same socket."""
        return self.host, self.port, self.path, self.ipv6


@dataclass(slots=True, eq=False)
class Server:
    """A server block. name: $server_name.  location: its settings outside all locations.  named: its `@` locations.

    sources: as `Location.sources`, for the settings a server has as such.
    """

    name: bytes
    names: tuple[ServerName, ...]
    listens: tuple[ListenAddress, ...]
    location: Location
    statement: Statement | None = None
    named: dict[bytes, Location] = field(default_factory=dict)
    settings: dict[type[Any], Any] = field(default_factory=dict)
    sources: dict[str, tuple[Statement, ...]] = field(default_factory=dict)

    def of(self, kind: type[Settings]) -> Settings:
        """The settings of this class that a server has as such."""
        found: Settings = self.settings[kind]
        return found


@dataclass(slots=True, eq=False)
class Address:
    """An address of the http block, with all that any `listen` says of it, and the servers behind it in the order of the file."""

    listen: ListenAddress
    default_server: Server
    servers: list[Server]


Definition = Map | Geo | SplitClients


@dataclass(slots=True, eq=False)
class Http:
    """The http block.

    definitions: the variables that map, geo and split_clients define, by name.
    blocks: every block that may hold a location's settings, in the order of the file: servers, locations, `if`s, limit_excepts.
    prefix: the folder relative paths start from, with its slash.
    upstreams: the groups of servers by name.
    getters: where `http.variables` keeps what it has found out about names.  peers: where `http.upstream` keeps its accounts of
    servers.
    sources: as `Location.sources`, for the settings of the http block alone.
    """

    servers: tuple[Server, ...] = ()
    addresses: tuple[Address, ...] = ()
    definitions: dict[bytes, Definition] = field(default_factory=dict)
    blocks: tuple[Location, ...] = ()
    prefix: bytes = b""
    settings: dict[type[Any], Any] = field(default_factory=dict)
    upstreams: dict[bytes, UpstreamGroup] = field(default_factory=dict)
    getters: dict[bytes, Any] = field(default_factory=dict)
    peers: dict[bytes, Any] = field(default_factory=dict)
    sources: dict[str, tuple[Statement, ...]] = field(default_factory=dict)

    def of(self, kind: type[Settings]) -> Settings:
        """The settings of this class that are made once for http."""
        found: Settings = self.settings[kind]
        return found

    def each(self, kind: type[Settings]) -> Iterator[Settings]:
        """The settings of this class of every block, in the order of the file."""
        return (block.of(kind) for block in self.blocks)


@dataclass(slots=True, eq=False)
class Configuration:
    """A whole configuration. http: None without an http block.  settings: those outside http (core, events)."""

    http: Http | None = None
    settings: dict[type[Any], Any] = field(default_factory=dict)

    def of(self, kind: type[Settings]) -> Settings:
        """The settings of this class outside http."""
        found: Settings = self.settings[kind]
        return found
