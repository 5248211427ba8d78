"""The route table: addresses, servers, and locations in the order in which nginx looks at them, and what each does."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from ..config.configuration import Http, If, Location, Locations, Server, Step
from ..config.directives.http.core import HttpCoreLocation
from ..config.directives.push_stream.settings import PushStreamLocation
from ..config.modules import DIRECTIVES, MODULES
from ..config.nesting import Walk, finish
from ..config.places import LocationMatch
from ..config.role import role_of
from ..config.script import Return, Rewrite, RewriteFlag
from ..config.text import shown
from ..config.tree import Statement
from ..http.routing import Listener, listeners, running
from ..server.clients.listeners import address_name
from .words import directive, short

_GUARDS = [row.name for module in MODULES if module.guards for row in module.directives]


class Route(Struct, frozen=True):
    """A location, or an `if` in one or in a server, and what it does with a request."""

    # As it is written: `location /pub`; empty for a server's own `return` or `rewrite`.
    block: str

    # The directive of the block.
    statement: Statement

    # `publisher admin`, `subscriber streaming`, `statistics`, a directive that answers or leads elsewhere as it is written, or
    # `files` with their directory.
    role: str

    # push_stream_channels_path as it is written; None where the role needs none.
    channels: str | None

    # The directives that decide who may use it, as they are written; for a limit_except those that apply to the other methods.
    access: tuple[str, ...]

    # Those inside it.
    routes: tuple[Route, ...]


class ServerRoutes(Struct, frozen=True):
    """A server. names: of server_name, as they are written.  routes: its own `if`s and rewrites, then its locations."""

    names: tuple[str, ...]
    statement: Statement | None
    routes: tuple[Route, ...]


class AddressRoutes(Struct, frozen=True):
    """An address that is listened on, and its servers; the default one is the first.

    protocols: `ssl` and `http2` where clients may use TLS and HTTP/2, as in `listen`.
    """

    address: str
    protocols: tuple[str, ...]
    servers: tuple[ServerRoutes, ...]


def route_table(http: Http) -> tuple[AddressRoutes, ...]:
    """The routes of an http block, by address in the order of the file."""
    servers = {id(server): finish(_server(server)) for server in http.servers}
    addresses = {id(address.listen): address for address in http.addresses}
    found = []
    for listener in _all(listeners(running(http))):
        address = addresses[id(listener.listen)]
        default = address.default_server
        ordered = [default, *(server for server in address.servers if server is not default)]
        protocols = ("ssl",) * listener.has_tls + ("http2",) * listener.speaks_http2
        routes = tuple(servers[id(server)] for server in ordered)
        found.append(AddressRoutes(address_name(address.listen), protocols, routes))
    return tuple(found)


def _all(sockets: tuple[Listener, ...]) -> Iterator[Listener]:
    for listener in sockets:
        yield listener
        yield from listener.local.values()


def _server(server: Server) -> Walk[ServerRoutes]:
    names = tuple(shown(name.text) for name in server.names if name.text)
    routes: list[Route] = [*(yield _inside(server.location))]
    for location in server.named.values():
        routes.append((yield _route(location)))
    return ServerRoutes(names, server.statement, tuple(routes))


def _inside(location: Location) -> Walk[tuple[Route, ...]]:
    routes: list[Route | None] = []
    for step in location.script:
        routes.append((yield _step(step, location)))
    for inner in () if location.locations is None else _in_order(location.locations):
        routes.append((yield _route(inner)))
    return tuple(route for route in routes if route is not None)


def _in_order(locations: Locations) -> Iterator[Location]:
    """An exact location wins at once; the longest prefix is found before the regular expressions are tried."""
    yield from locations.exact.values()
    yield from locations.prefix.values()
    yield from locations.regex


def _route(location: Location) -> Walk[Route]:
    assert location.statement is not None
    channels = location.of(PushStreamLocation).channels_path if location.content_handler else None
    return Route(
        directive(location.statement),
        location.statement,
        _role(location),
        None if channels is None else shown(channels.text),
        tuple(_access(location)),
        (yield _inside(location)),
    )


def _step(step: Step, location: Location) -> Walk[Route | None]:
    """An `if` that may lead a request elsewhere; of a server's own script also a `return` or `rewrite` outside of an `if`."""
    if isinstance(step, If) and step.statement is not None:
        if step.location is not None and (step.location.content_handler or step.location.script):
            route: Route = yield _route(step.location)
            return route
        leads = next((leading for leading in step.script if _leads(leading)), None)
        if leads is not None and leads.statement is not None:
            return Route(directive(step.statement), step.statement, short(leads.statement), None, (), ())
    if location.match is LocationMatch.SERVER and _leads(step) and step.statement is not None:
        return Route("", step.statement, short(step.statement), None, (), ())
    return None


def _leads(step: Step) -> bool:
    return isinstance(step, Return) or (isinstance(step, Rewrite) and step.flag is not RewriteFlag.NONE)


def _role(location: Location) -> str:
    leading = [step.statement for step in location.script if _leads(step) and step.statement is not None]
    answers = leading[:1] or list(_answering(location))
    role = role_of(location, location.content_handler)
    if leading:
        return short(answers[0])
    if role is not None:
        return str(role)
    if answers:
        return short(answers[0])
    root = location.of(HttpCoreLocation).root
    return f"files {'at' if root.alias else 'below'} {shown(root.value.text)}"


def _answering(location: Location) -> Iterator[Statement]:
    """The directive that makes the content handler."""
    for statement in location.statement.block or () if location.statement is not None else ():
        if isinstance(statement, Statement):
            rows = DIRECTIVES.get(statement.name, ())
            if any(row.content_handler is not None and row.content_handler == location.content_handler for row in rows):
                yield statement


def _access(location: Location) -> Iterator[str]:
    if location.of(HttpCoreLocation).internal:
        yield "internal"
    if location.of(HttpCoreLocation).satisfy == "any":
        yield "satisfy any"
    yield from _guards(location)
    limited = location.limit_except
    if limited is not None and limited.location.statement is not None:
        yield f"{directive(limited.location.statement)}: {', '.join(_guards(limited.location))}"


def _guards(location: Location) -> Iterator[str]:
    statements = [statement for name in _GUARDS for statement in location.sources.get(name, ())]
    for statement in sorted(statements, key=lambda statement: (statement.start.file, statement.start.line)):
        yield directive(statement)
