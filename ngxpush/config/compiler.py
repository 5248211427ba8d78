"""From the analysis to typed configuration: servers, locations, scripts, addresses, with everything inherited."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from .analysis import Analysis, Scope
from .configuration import (
    Address,
    Configuration,
    Definition,
    Http,
    LimitExcept,
    ListenAddress,
    Location,
    LocationMatch,
    Locations,
    Server,
)
from .directives.geo import GeoDefinition
from .directives.http_core_slots import ServerName
from .directives.listen import DEFAULT_ADDRESS, ListenArguments
from .directives.map import MapDefinition
from .directives.split_clients import SplitDefinition
from .directives.table import Context, Directive, Level, Module
from .directives.upstream import upstream_groups
from .modules import MODULES
from .script import Break, If, Return, Rewrite, Set, Step
from .settings import Fields
from .tree import Statement

_STATIC = (LocationMatch.EXACT, LocationMatch.PREFIX, LocationMatch.PREFIX_NO_REGEX)


def compile_configuration(analysis: Analysis) -> Configuration:
    """The typed configuration of an analysis without fatal diagnostics."""
    modules = _resolve(_fields(Level.MAIN, outside_http=True), analysis.root, {})
    for scope in analysis.root.scopes:
        if scope.context is Context.HTTP:
            return Configuration(_Compiler().http(scope, analysis.prefix), modules)
    return Configuration(None, modules)


def _fields(level: Level, outside_http: bool = False) -> dict[str, Fields]:
    """The modules that have settings of that level, by name."""
    found: dict[str, Fields] = {}
    for module in MODULES:
        settings = getattr(module, level.value)
        if settings is not None and _is_outside_http(module) is outside_http:
            found[module.name] = Fields(module, level, settings)
    return found


def _is_outside_http(module: Module) -> bool:
    return any(row.field is not None and row.contexts & (Context.MAIN | Context.EVENTS) for row in module.directives)


def _resolve(fields: dict[str, Fields], scope: Scope, sources: dict[str, tuple[Statement, ...]]) -> dict[type[Any], Any]:
    return {field.settings: field.resolve(scope, sources) for field in fields.values()}


class _Compiler:
    """The compilation of one http block."""

    def __init__(self) -> None:
        self._main = _fields(Level.MAIN)
        self._server = _fields(Level.SERVER)
        self._location = _fields(Level.LOCATION)
        self._derived = [module for module in MODULES if module.derive is not None]
        self._http = Http()
        self._blocks: list[Location] = []
        self._named: dict[bytes, Location] = {}

    def http(self, scope: Scope, prefix: bytes) -> Http:
        http = self._http
        http.prefix = prefix
        http.settings = _resolve(self._main, scope, http.sources)
        http.definitions = dict(_definitions(scope))
        http.upstreams = upstream_groups(scope)
        http.servers = tuple(self._compile_server(inner) for inner in scope.scopes if inner.context is Context.SERVER)
        http.addresses = _addresses(http.servers)
        http.blocks = tuple(self._blocks)
        return http

    def _compile_server(self, scope: Scope) -> Server:
        self._named = {}
        location = self._block(scope, b"", LocationMatch.SERVER, None)
        names = tuple(_names(scope))
        server = Server(
            _shown_name(names),
            names or (ServerName(b""),),
            tuple(_listens(scope)),
            location,
            scope.statement,
            self._named,
        )
        server.settings = _resolve(self._server, scope, server.sources)
        return server

    def _block(self, scope: Scope, name: bytes, match: LocationMatch, parent: Location | None) -> Location:
        """A server, location, `if` or limit_except, with all that is inside."""
        location = Location(name, match, statement=scope.statement, parent=parent)
        self._blocks.append(location)
        location.settings = _resolve(self._location, scope, location.sources)
        for module in self._derived:
            assert module.derive is not None and module.location is not None and module.main is not None
            location.settings[module.location] = module.derive(location.of(module.location), self._http.of(module.main))
        handler = _content_handler(scope)
        if handler is not None:
            location.content_handler = handler.content_handler
            location.auto_redirect = handler.upstream and match in _STATIC and name.endswith(b"/")
        inner = [self._compile_location(child, location) for child in scope.scopes if child.context is Context.LOCATION]
        location.locations = _locations(inner) if inner else None
        for child in scope.scopes:
            if child.context is Context.LIMIT_EXCEPT:
                location.limit_except = LimitExcept(child.value, self._limit_except(child, location, handler))
        location.script = tuple(self._script(scope, location))
        return location

    def _limit_except(self, scope: Scope, location: Location, handler: Directive | None) -> Location:
        """Only handlers that ask another server hold for the methods a limit_except is about; the rest falls to static files."""
        block = self._block(scope, location.name, LocationMatch.LIMIT_EXCEPT, location)
        if block.content_handler is None and handler is not None and handler.upstream:
            block.content_handler = handler.content_handler
        return block

    def _compile_location(self, scope: Scope, parent: Location) -> Location:
        arguments = scope.value
        location = self._block(scope, arguments.name, arguments.match, parent)
        location.pattern = arguments.pattern
        if arguments.named:
            self._named[arguments.name] = location
        return location

    def _script(self, scope: Scope, location: Location) -> Iterator[Step]:
        blocks = {id(child.statement): child for child in scope.scopes}
        for setting in scope.settings:
            if isinstance(setting.value, Set | Return | Break | Rewrite):
                yield setting.value
            elif setting.directive.opens is Context.SERVER_IF:
                yield If(setting.value, tuple(self._script(blocks[id(setting.statement)], location)), statement=setting.statement)
            elif setting.directive.opens is Context.LOCATION_IF:
                inner = self._block(blocks[id(setting.statement)], location.name, LocationMatch.IF, location)
                yield If(setting.value, inner.script, inner, setting.statement)


def _content_handler(scope: Scope) -> Directive | None:
    """The row of the last directive in a block that makes a content handler."""
    rows = [setting.directive for setting in scope.settings if setting.directive.content_handler is not None]
    return rows[-1] if rows else None


def _locations(found: list[Location]) -> Locations:
    usual = [location for location in found if location.match in (LocationMatch.PREFIX, LocationMatch.PREFIX_NO_REGEX)]
    return Locations(
        exact={location.name: location for location in found if location.match is LocationMatch.EXACT},
        prefix=tuple(sorted(usual, key=lambda location: len(location.name), reverse=True)),
        regex=tuple(location for location in found if location.match is LocationMatch.REGEX),
        redirects={location.name: location for location in found if location.auto_redirect},
    )


def _definitions(scope: Scope) -> Iterator[tuple[bytes, Definition]]:
    for setting in scope.settings:
        value = setting.value
        if isinstance(value, MapDefinition):
            yield value.name, value.map
        elif isinstance(value, GeoDefinition):
            yield value.name, value.geo
        elif isinstance(value, SplitDefinition):
            yield value.name, value.split


def _names(scope: Scope) -> Iterator[ServerName]:
    for setting in scope.all("server_name"):
        for name in setting.value:
            yield ServerName(os.uname().nodename.lower().encode()) if name.text == b"$hostname" else name


def _shown_name(names: tuple[ServerName, ...]) -> bytes:
    """$server_name: the first name; of `.example.com` without the dot."""
    if not names:
        return b""
    return names[0].text if names[0].pattern is not None else names[0].text.removeprefix(b".")


def _listens(scope: Scope) -> Iterator[ListenAddress]:
    settings = [setting.value for setting in scope.all("listen")] or [ListenArguments(DEFAULT_ADDRESS)]
    for listen in settings:
        address = listen.address
        options = (*listen.options, *((flag, True) for flag in sorted(listen.flags - {"default_server"})))
        host = b"" if address.host in (b"*", b"0.0.0.0") else address.host
        if address.ipv6:
            host = str(ipaddress.IPv6Address(host.decode())).encode()
        for port in range(address.port, address.last_port + 1):
            yield ListenAddress(host, port, address.path, address.ipv6, listen.default_server, options)


def _addresses(servers: tuple[Server, ...]) -> tuple[Address, ...]:
    found: dict[Any, Address] = {}
    for server in servers:
        for listen in server.listens:
            address = found.get(listen.key)
            if address is None:
                found[listen.key] = Address(listen, server, [server])
                continue
            address.servers.append(server)
            if listen.default_server:
                address.default_server = server
            options = dict((*address.listen.options, *listen.options))
            address.listen = replace(address.listen, options=tuple(options.items()))
    return tuple(found.values())
