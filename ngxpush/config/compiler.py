"""From the analysis to the typed configuration: servers, locations, scripts, addresses, after inheritance."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from .analysis import Analysis
from .configuration import (
    Configuration,
    Definition,
    Http,
    If,
    LimitExcept,
    ListenAddress,
    Location,
    Locations,
    ServedAddress,
    Server,
    Sources,
    Step,
)
from .directive import Directive, Scope
from .directives.http.listen import DEFAULT_ADDRESS, ListenArguments
from .directives.http.location import LocationArguments
from .directives.http.server_name import ServerName
from .directives.upstream.group import upstream_groups
from .mapping import VariableDefinition
from .modules import MODULES
from .places import STATIC_MATCHES, Context, LocationMatch
from .settings import SettingsMaker
from .tree import Statement

Show = Callable[[Any, Sources], Any]
"""Replaces a module's settings by what shows who uses them: `ngxpush explain` watches them."""


def compile_configuration(analysis: Analysis, show: Show = lambda settings, sources: settings) -> Configuration:
    """The typed configuration of an analysis that has no fatal diagnostic."""
    outside = {maker.kind: maker.make(analysis.root, {}) for maker in _makers("main", outside_http=True)}
    for scope in analysis.root.scopes:
        if scope.context is Context.HTTP:
            return Configuration(_Compiler(show).http(scope, analysis.prefix), outside)
    return Configuration(None, outside)


def _makers(level: str, outside_http: bool = False) -> list[SettingsMaker]:
    """The makers of the settings that modules have at one level: `main`, `server` or `location`."""
    found = ((module, getattr(module, level)) for module in MODULES)
    return [
        SettingsMaker(module, kind)
        for module, kind in found
        if kind is not None and any(_is_outside(row) for row in module.directives) is outside_http
    ]


def _is_outside(row: Directive) -> bool:
    return row.field is not None and bool(row.contexts & (Context.MAIN | Context.EVENTS))


class _Compiler:
    """The compilation of one http block."""

    def __init__(self, show: Show) -> None:
        self._show = show
        self._main = _makers("main")
        self._server = _makers("server")
        self._location = _makers("location")
        self._derived = {module.location: module for module in MODULES if module.derive is not None}
        self._main_settings: dict[type[Any], Any] = {}
        self._blocks: list[Location] = []
        self._named: dict[bytes, Location] = {}

    def http(self, scope: Scope, prefix: bytes) -> Http:
        sources: dict[str, tuple[Statement, ...]] = {}
        self._main_settings = {maker.kind: maker.make(scope, sources) for maker in self._main}
        servers = tuple([self._compile_server(inner) for inner in scope.scopes if inner.context is Context.SERVER])
        return Http(
            servers,
            _addresses(servers),
            dict(_definitions(scope)),
            tuple(self._blocks),
            prefix,
            upstream_groups(scope),
            sources,
            {kind: self._show(settings, sources) for kind, settings in self._main_settings.items()},
        )

    def _compile_server(self, scope: Scope) -> Server:
        self._named = {}
        location = self._block(scope, b"", LocationMatch.SERVER)
        names = tuple([name for setting in scope.all("server_name") for name in setting.value])
        sources: dict[str, tuple[Statement, ...]] = {}
        settings = {maker.kind: self._show(maker.make(scope, sources), sources) for maker in self._server}
        return Server(
            _shown_name(names),
            names or (ServerName(b""),),
            tuple(_listens(scope)),
            location,
            scope.statement,
            self._named,
            sources,
            settings,
        )

    def _block(self, scope: Scope, name: bytes, match: LocationMatch, around: Directive | None = None) -> Location:
        """A server, location, `if` or limit_except, with all blocks inside it.

        around: for a limit_except, the row of its location's content handler.
        """
        place = len(self._blocks)
        sources: dict[str, tuple[Statement, ...]] = {}
        settings = {maker.kind: self._show(self._settings(maker, scope, sources), sources) for maker in self._location}
        handler = _content_handler(scope)
        inner = [self._nested(child) for child in scope.scopes if child.context is Context.LOCATION]
        limits = [self._limit_except(child, name, handler) for child in scope.scopes if child.context is Context.LIMIT_EXCEPT]
        makes = handler or around
        location = Location(
            name,
            match,
            scope.value.pattern if isinstance(scope.value, LocationArguments) else None,
            scope.statement,
            None if makes is None else makes.content_handler,
            handler is not None and handler.upstream and match in STATIC_MATCHES and name.endswith(b"/"),
            tuple(self._script(scope, name)),
            _locations(inner) if inner else None,
            limits[-1] if limits else None,
            sources,
            settings,
        )
        self._blocks.insert(place, location)
        return location

    def _settings(self, maker: SettingsMaker, scope: Scope, sources: dict[str, tuple[Statement, ...]]) -> Any:
        settings = maker.make(scope, sources)
        module = self._derived.get(maker.kind)
        if module is None or module.derive is None or module.main is None:
            return settings
        return module.derive(settings, self._main_settings[module.main], scope)

    def _nested(self, scope: Scope) -> Location:
        arguments: LocationArguments = scope.value
        location = self._block(scope, arguments.name, arguments.match)
        if arguments.named:
            self._named[arguments.name] = location
        return location

    def _limit_except(self, scope: Scope, name: bytes, handler: Directive | None) -> LimitExcept:
        """A limit_except keeps its location's handler only if that one asks another server; otherwise static files answer."""
        around = handler if handler is not None and handler.upstream else None
        return LimitExcept(scope.value, self._block(scope, name, LocationMatch.LIMIT_EXCEPT, around))

    def _script(self, scope: Scope, name: bytes) -> Iterator[Step]:
        blocks = {id(child.statement): child for child in scope.scopes}
        for setting in scope.settings:
            inner = blocks.get(id(setting.statement))
            if not setting.directive.step:
                continue
            if inner is None:
                yield setting.value
            elif inner.context is Context.SERVER_IF:
                yield If(setting.value, tuple(self._script(inner, name)), statement=setting.statement)
            else:
                location = self._block(inner, name, LocationMatch.IF)
                yield If(setting.value, location.script, location, setting.statement)


def _content_handler(scope: Scope) -> Directive | None:
    """The row of the last directive in a block that sets a content handler."""
    rows = [setting.directive for setting in scope.settings if setting.directive.content_handler is not None]
    return rows[-1] if rows else None


def _locations(found: list[Location]) -> Locations:
    usual = [location for location in found if location.match in (LocationMatch.PREFIX, LocationMatch.PREFIX_NO_REGEX)]
    return Locations(
        exact={location.name: location for location in found if location.match is LocationMatch.EXACT},
        prefix=tuple(sorted(usual, key=lambda location: len(location.name), reverse=True)),
        regex=tuple([location for location in found if location.match is LocationMatch.REGEX]),
        redirects={location.name: location for location in found if location.auto_redirect},
    )


def _definitions(scope: Scope) -> Iterator[tuple[bytes, Definition]]:
    for setting in scope.settings:
        if isinstance(setting.value, VariableDefinition):
            yield setting.value.name, setting.value.values


def _shown_name(names: tuple[ServerName, ...]) -> bytes:
    """$server_name: the first name; `.example.com` loses its dot."""
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


def _addresses(servers: tuple[Server, ...]) -> tuple[ServedAddress, ...]:
    found: dict[Any, ServedAddress] = {}
    for server in servers:
        for listen in server.listens:
            known = found.get(listen.key)
            if known is None:
                found[listen.key] = ServedAddress(listen, server, (server,))
                continue
            options = dict((*known.listen.options, *listen.options))
            default = server if listen.default_server else known.default_server
            shared = replace(known.listen, options=tuple(options.items()))
            found[listen.key] = ServedAddress(shared, default, (*known.servers, server))
    return tuple(found.values())
