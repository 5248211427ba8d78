"""Typed configuration: what the compiler makes of the directive tree, with everything inherited.

A request never looks at directive text: it walks these objects, which never change.  What a running server adds stands beside
them (`http.running`).  A module's settings are an instance of a dataclass beside the module's rows in `directives`; the class is
the key of the look-up: `location.of(HttpCoreLocation)`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from .directives.http.server_name import ServerName
from .directives.upstream.group import UpstreamGroup
from .mapping import Geo, Map, SplitClients
from .pattern import Pattern
from .places import LocationMatch
from .script import Break, Condition, Return, Rewrite, Set
from .tree import Statement

Settings = TypeVar("Settings")
Sources = Mapping[str, tuple[Statement, ...]]
"""Directive name → the statements its effective value comes from."""


@dataclass(frozen=True, slots=True, eq=False)
class Location:
    """A location, a server outside its locations, an `if`, or a limit_except.

    name: the prefix, as it is compared with the URI, or the pattern as written; an `if` has its location's.
    statement: where it stands.
    script: the rewrite module's steps in order.
    content_handler: a name in http.content; None for static files.  It is not inherited.  That of an `if` is None unless one is
        written in it: the request then keeps the handler it has (nginx's rule).
    auto_redirect: whether the location's name without its slash is redirected to it (proxied prefixes that end in a slash).
    locations: the nested locations, ready for lookup.
    limit_except: what applies to the methods a limit_except does not name, and the methods it names.
    settings: by their class.
    """

    name: bytes
    match: LocationMatch
    pattern: Pattern | None = None
    statement: Statement | None = None
    content_handler: str | None = None
    auto_redirect: bool = False
    script: tuple[Step, ...] = ()
    locations: Locations | None = None
    limit_except: LimitExcept | None = None
    sources: Sources = field(default_factory=dict)
    settings: Mapping[type[Any], Any] = field(default_factory=dict)

    def of(self, kind: type[Settings]) -> Settings:
        """The settings of this class; the class is the key."""
        found: Settings = self.settings[kind]
        return found


@dataclass(frozen=True, slots=True, eq=False)
class If:
    """`if (condition) { … }`: when it is true, the request takes `location`'s settings and `script` runs in place.

    location: None in a server, where an `if` holds no settings of its own.
    """

    condition: Condition
    script: tuple[Step, ...]
    location: Location | None = None
    statement: Statement | None = None


Step = Set | Return | Break | Rewrite | If


@dataclass(frozen=True, slots=True, eq=False)
class LimitExcept:
    """`limit_except METHOD … { … }`: a request of any other method takes `location`'s settings."""

    methods: frozenset[bytes]
    location: Location


@dataclass(frozen=True, slots=True, eq=False)
class Locations:
    """The locations of one level as nginx looks them up.

    exact: by URI.  prefix: from the longest to the shortest.  regex: in the order of the file.
    redirects: those whose name without the slash is redirected to them, by their whole name.
    """

    exact: Mapping[bytes, Location] = field(default_factory=dict)
    prefix: tuple[Location, ...] = ()
    regex: tuple[Location, ...] = ()
    redirects: Mapping[bytes, Location] = field(default_factory=dict)


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


@dataclass(frozen=True, slots=True, eq=False)
class Server:
    """A server block. name: $server_name.  location: its settings outside all locations.  named: its `@` locations.

    settings: those a server has as such, with their sources.
    """

    name: bytes
    names: tuple[ServerName, ...]
    listens: tuple[ListenAddress, ...]
    location: Location
    statement: Statement | None = None
    named: Mapping[bytes, Location] = field(default_factory=dict)
    sources: Sources = field(default_factory=dict)
    settings: Mapping[type[Any], Any] = field(default_factory=dict)

    def of(self, kind: type[Settings]) -> Settings:
        """The settings of this class that a server has as such."""
        found: Settings = self.settings[kind]
        return found


@dataclass(frozen=True, slots=True, eq=False)
class ServedAddress:
    """An address of the http block, with all that any `listen` says of it, and its servers in the order of the file."""

    listen: ListenAddress
    default_server: Server
    servers: tuple[Server, ...]


Definition = Map | Geo | SplitClients


@dataclass(frozen=True, slots=True, eq=False)
class Http:
    """The http block.

    definitions: the variables that map, geo and split_clients define, by name.
    blocks: every block that may hold a location's settings, in the order of the file: servers, locations, `if`s, limit_excepts.
    prefix: the directory relative paths start from, with its slash.
    upstreams: the groups of servers by name.
    settings: those of the http block alone, with their sources.
    """

    servers: tuple[Server, ...] = ()
    addresses: tuple[ServedAddress, ...] = ()
    definitions: Mapping[bytes, Definition] = field(default_factory=dict)
    blocks: tuple[Location, ...] = ()
    prefix: bytes = b""
    upstreams: Mapping[bytes, UpstreamGroup] = field(default_factory=dict)
    sources: Sources = field(default_factory=dict)
    settings: Mapping[type[Any], Any] = field(default_factory=dict)

    def of(self, kind: type[Settings]) -> Settings:
        """The settings of this class that are made once for http."""
        found: Settings = self.settings[kind]
        return found

    def each(self, kind: type[Settings]) -> Iterator[Settings]:
        """The settings of this class of every block, in the order of the file."""
        return (block.of(kind) for block in self.blocks)


@dataclass(frozen=True, slots=True, eq=False)
class Configuration:
    """A whole configuration. http: None without an http block.  settings: those outside http (core, events)."""

    http: Http | None = None
    settings: Mapping[type[Any], Any] = field(default_factory=dict)

    def of(self, kind: type[Settings]) -> Settings:
        """The settings of this class outside http."""
        found: Settings = self.settings[kind]
        return found
