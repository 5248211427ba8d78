"""Typed configuration: what the compiler makes of the directive tree, with everything inherited.

A request never looks at directive text: it walks these objects. They are made once and not changed afterwards.  Each module's
settings are an attribute with that module's name, an instance of a dataclass beside the module's rows in `directives`.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .mapping import Geo, Map, SplitClients
from .pattern import Pattern
from .script import Step
from .tree import Statement

if TYPE_CHECKING:
    from .directives.access import AccessLocation
    from .directives.addition import AdditionLocation
    from .directives.auth_basic import AuthBasicLocation
    from .directives.auth_request import AuthRequestLocation
    from .directives.autoindex import AutoindexLocation
    from .directives.charset import CharsetLocation, CharsetMain
    from .directives.core import CoreMain
    from .directives.gzip import GzipLocation
    from .directives.gzip_static import GzipStaticLocation
    from .directives.headers import HeadersLocation
    from .directives.http_core import HttpCoreLocation, HttpCoreMain, HttpCoreServer
    from .directives.http_core_slots import ServerName
    from .directives.index import IndexLocation
    from .directives.limit_conn import LimitConnLocation, LimitConnMain
    from .directives.limit_req import LimitReqLocation, LimitReqMain
    from .directives.log import LogLocation
    from .directives.mirror import MirrorLocation
    from .directives.proxy import ProxyLocation
    from .directives.push_stream import PushStreamLocation, PushStreamMain
    from .directives.realip import RealipLocation
    from .directives.referer import RefererLocation
    from .directives.secure_link import SecureLinkLocation
    from .directives.sub import SubLocation
    from .directives.try_files import TryFilesLocation
    from .directives.upstream import UpstreamGroup


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
    modules: dict[str, Any] = field(default_factory=dict)

    @property
    def http_core(self) -> HttpCoreLocation:
        return self.modules["http_core"]  # type: ignore[no-any-return]  # by the module of that name

    @property
    def push_stream(self) -> PushStreamLocation:
        return self.modules["push_stream"]  # type: ignore[no-any-return]  # by the module of that name

    @property
    def access(self) -> AccessLocation:
        return self.modules["access"]  # type: ignore[no-any-return]  # by the module of that name

    @property
    def addition(self) -> AdditionLocation:
        return self.modules["addition"]  # type: ignore[no-any-return]  # by the module of that name

    @property
    def auth_request(self) -> AuthRequestLocation:
        return self.modules["auth_request"]  # type: ignore[no-any-return]  # by the module of that name

    @property
    def auth_basic(self) -> AuthBasicLocation:
        return self.modules["auth_basic"]  # type: ignore[no-any-return]  # by the module of that name

    @property
    def autoindex(self) -> AutoindexLocation:
        return self.modules["autoindex"]  # type: ignore[no-any-return]  # by the module of that name

    @property
    def charset(self) -> CharsetLocation:
        return self.modules["charset"]  # type: ignore[no-any-return]  # by the module of that name

    @property
    def gzip(self) -> GzipLocation:
        return self.modules["gzip"]  # type: ignore[no-any-return]  # by the module of that name

    @property
    def gzip_static(self) -> GzipStaticLocation:
        return self.modules["gzip_static"]  # type: ignore[no-any-return]  # by the module of that name

    @property
    def headers(self) -> HeadersLocation:
        return self.modules["headers"]  # type: ignore[no-any-return]  # by the module of that name

    @property
    def index(self) -> IndexLocation:
        return self.modules["index"]  # type: ignore[no-any-return]  # by the module of that name

    @property
    def limit_conn(self) -> LimitConnLocation:
        return self.modules["limit_conn"]  # type: ignore[no-any-return]  # by the module of that name

    @property
    def limit_req(self) -> LimitReqLocation:
        return self.modules["limit_req"]  # type: ignore[no-any-return]  # by the module of that name

    @property
    def log(self) -> LogLocation:
        return self.modules["log"]  # type: ignore[no-any-return]  # by the module of that name

    @property
    def mirror(self) -> MirrorLocation:
        return self.modules["mirror"]  # type: ignore[no-any-return]  # by the module of that name

    @property
    def proxy(self) -> ProxyLocation:
        return self.modules["proxy"]  # type: ignore[no-any-return]  # by the module of that name

    @property
    def realip(self) -> RealipLocation:
        return self.modules["realip"]  # type: ignore[no-any-return]  # by the module of that name

    @property
    def referer(self) -> RefererLocation:
        return self.modules["referer"]  # type: ignore[no-any-return]  # by the module of that name

    @property
    def secure_link(self) -> SecureLinkLocation:
        return self.modules["secure_link"]  # type: ignore[no-any-return]  # by the module of that name

    @property
    def sub(self) -> SubLocation:
        return self.modules["sub"]  # type: ignore[no-any-return]  # by the module of that name

    @property
    def try_files(self) -> TryFilesLocation:
        return self.modules["try_files"]  # type: ignore[no-any-return]  # by the module of that name


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
    modules: dict[str, Any] = field(default_factory=dict)
    sources: dict[str, tuple[Statement, ...]] = field(default_factory=dict)

    @property
    def http_core(self) -> HttpCoreServer:
        return self.modules["http_core"]  # type: ignore[no-any-return]  # by the module of that name


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
    modules: dict[str, Any] = field(default_factory=dict)
    upstreams: dict[bytes, UpstreamGroup] = field(default_factory=dict)
    getters: dict[bytes, Any] = field(default_factory=dict)
    peers: dict[bytes, Any] = field(default_factory=dict)
    sources: dict[str, tuple[Statement, ...]] = field(default_factory=dict)

    @property
    def http_core(self) -> HttpCoreMain:
        return self.modules["http_core"]  # type: ignore[no-any-return]  # by the module of that name

    @property
    def charset(self) -> CharsetMain:
        return self.modules["charset"]  # type: ignore[no-any-return]  # by the module of that name

    @property
    def limit_conn(self) -> LimitConnMain:
        return self.modules["limit_conn"]  # type: ignore[no-any-return]  # by the module of that name

    @property
    def limit_req(self) -> LimitReqMain:
        return self.modules["limit_req"]  # type: ignore[no-any-return]  # by the module of that name

    @property
    def push_stream(self) -> PushStreamMain:
        return self.modules["push_stream"]  # type: ignore[no-any-return]  # by the module of that name

    def push_locations(self) -> Iterator[PushStreamLocation]:
        """The push stream settings of every block, in the order of the file (what the zone's templates are made from)."""
        for block in self.blocks:
            yield block.push_stream


@dataclass(slots=True, eq=False)
class Configuration:
    """A whole configuration. http: None without an http block.  modules: settings outside http (core, events)."""

    http: Http | None = None
    modules: dict[str, Any] = field(default_factory=dict)

    @property
    def core(self) -> CoreMain:
        return self.modules["core"]  # type: ignore[no-any-return]  # by the module of that name
