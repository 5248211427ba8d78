"""The typed configuration: what the compiler makes of the directive tree, after inheritance.

A request never looks at directive text. It uses these objects, which never change.  What a running server adds is kept apart
(`http.running`).  A module's settings are an instance of a class that is defined with the module's rows in `directives`. The
class is the key of the look-up: `location.of(HttpCoreLocation)`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol, TypeVar, cast

from msgspec import Struct, field
from msgspec.structs import force_setattr

from .directives.http.server_name import ServerName
from .directives.upstream.group import UpstreamGroup
from .mapping import Geo, Map, SplitClients
from .path_map import PathMap
from .pattern import Pattern
from .places import LocationMatch
from .script import Break, Compute, Condition, Return, Rewrite, Set
from .tree import Statement

Settings = TypeVar("Settings")
Sources = Mapping[str, tuple[Statement, ...]]
"""Directive name → the statements its effective value comes from."""


class Of(Protocol):
    """Returns the settings of a class."""

    def __call__(self, kind: type[Settings], /) -> Settings: ...


class Location(Struct, frozen=True, eq=False):
    """A location, a server outside its locations, an `if`, or a limit_except."""

    # The prefix, as it is compared with the URI, or the pattern as written; an `if` has its location's name.
    name: bytes

    match: LocationMatch
    pattern: Pattern | None = None

    # Where the block is written.
    statement: Statement | None = None

    # A name in http.content; None for static files. It is not inherited. An `if` has one only if it is written in the `if`:
    # otherwise the request keeps the handler it has (nginx's rule).
    content_handler: str | None = None

    # Whether the location's name without its last slash is redirected to the name (proxied prefixes that end in a slash).
    auto_redirect: bool = False

    # The steps of the rewrite module, in order.
    script: tuple[Step, ...] = ()

    # The nested locations, ready for look-up.
    locations: Locations | None = None

    # The methods a limit_except names, and what applies to all other methods.
    limit_except: LimitExcept | None = None

    sources: Sources = field(default_factory=dict)

    # The modules' settings, by their class.
    settings: Mapping[type[Any], Any] = field(default_factory=dict)

    # The settings of a class. A request asks so often that it is the look-up itself, not a method.
    of: Of = cast(Of, {}.__getitem__)

    def __post_init__(self) -> None:
        force_setattr(self, "of", self.settings.__getitem__)

    def source(self, directive: str, number: int = 0) -> Statement | None:
        """Where the value of a directive is written, of one that may be repeated the value of this number; None for a default."""
        written = self.sources.get(directive, ())
        return written[number] if number < len(written) else None


class If(Struct, frozen=True, eq=False):
    """`if (condition) { … }`: when it is true, the request takes `location`'s settings and `script` runs in place.

    location: None in a server, where an `if` has no settings of its own.
    """

    condition: Condition
    script: tuple[Step, ...]
    location: Location | None = None
    statement: Statement | None = None


Step = Set | Compute | Return | Break | Rewrite | If


class LimitExcept(Struct, frozen=True, eq=False):
    """`limit_except METHOD … { … }`: a request of any other method takes `location`'s settings."""

    methods: frozenset[bytes]
    location: Location


class Locations(Struct, frozen=True, eq=False):
    """The locations of one level as nginx looks them up.

    exact: by URI.  prefix: by name, from the longest to the shortest.  lengths: of those names, each once, the longest first.
    regex: in the order of the file.
    redirects: the locations whose name without its last slash is redirected, by the whole name.
    """

    exact: Mapping[bytes, Location] = field(default_factory=dict)
    prefix: Mapping[bytes, Location] = field(default_factory=dict)
    lengths: tuple[int, ...] = ()
    regex: tuple[Location, ...] = ()
    redirects: Mapping[bytes, Location] = field(default_factory=dict)


class ListenAddress(Struct, frozen=True):
    """An address to listen on, with its socket options.

    host: b"" for all IPv4 addresses (`*`), `::` …  path: of a unix socket; host and port then mean nothing.
    """

    host: bytes = b""
    port: int = 80
    path: bytes | None = None
    ipv6: bool = False
    default_server: bool = False
    options: tuple[tuple[str, Any], ...] = ()

    @property
    def key(self) -> tuple[bytes, int, bytes | None, bool]:
        """Two listen directives with the same key mean the same socket."""
        return self.host, self.port, self.path, self.ipv6

    @property
    def is_wildcard(self) -> bool:
        """Whether it means all addresses of the machine, of one kind."""
        return self.path is None and self.host == (b"::" if self.ipv6 else b"")


class Server(Struct, frozen=True, eq=False):
    """A server block. name: $server_name.  location: its settings outside all locations.  named: its `@` locations.

    settings: those that there are once for each server.  sources: where they are written.
    """

    name: bytes
    names: tuple[ServerName, ...]
    listens: tuple[ListenAddress, ...]
    location: Location
    statement: Statement | None = None
    named: Mapping[bytes, Location] = field(default_factory=dict)
    sources: Sources = field(default_factory=dict)
    settings: Mapping[type[Any], Any] = field(default_factory=dict)

    # The settings of a class that there are once for each server; as `Location.of`.
    of: Of = cast(Of, {}.__getitem__)

    def __post_init__(self) -> None:
        force_setattr(self, "of", self.settings.__getitem__)


class ServedAddress(Struct, frozen=True, eq=False):
    """An address of the http block, with the options of all its `listen` directives, and its servers in the order of the file."""

    listen: ListenAddress
    default_server: Server
    servers: tuple[Server, ...]


Definition = Map | Geo | SplitClients


class Http(Struct, frozen=True, eq=False):
    """The http block."""

    servers: tuple[Server, ...] = ()
    addresses: tuple[ServedAddress, ...] = ()

    # The variables that map, geo and split_clients define, by name.
    definitions: Mapping[bytes, Definition] = field(default_factory=dict)

    # The variables of `set` that are empty, not missing, until a `set` is run.
    initially_empty: frozenset[bytes] = frozenset()

    # Every block that may hold a location's settings, in the order of the file: servers, locations, `if`s, limit_excepts.
    blocks: tuple[Location, ...] = ()

    # The directory relative paths start from, with its slash.
    prefix: bytes = b""

    # Where the files are that paths with variables name, and the sockets of servers; other paths are those here already.
    paths: PathMap = PathMap()

    # The groups of servers, by name.
    upstreams: Mapping[bytes, UpstreamGroup] = field(default_factory=dict)

    # Where the settings of the http block alone are written.
    sources: Sources = field(default_factory=dict)

    # The settings of the http block alone, by their class.
    settings: Mapping[type[Any], Any] = field(default_factory=dict)

    def of(self, kind: type[Settings]) -> Settings:
        """The settings of this class that there are once for http."""
        found: Settings = self.settings[kind]
        return found

    def each(self, kind: type[Settings]) -> Iterator[Settings]:
        """The settings of this class of every block, in the order of the file."""
        return (block.of(kind) for block in self.blocks)


class Configuration(Struct, frozen=True, eq=False):
    """A whole configuration. http: None without an http block.  settings: those outside http (core, events)."""

    http: Http | None = None
    settings: Mapping[type[Any], Any] = field(default_factory=dict)

    def of(self, kind: type[Settings]) -> Settings:
        """The settings of this class outside http."""
        found: Settings = self.settings[kind]
        return found
