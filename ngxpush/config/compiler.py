"""From the analysis to the typed configuration: servers, locations, scripts, addresses, after inheritance."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

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
from .garbage import kept
from .mapping import VariableDefinition
from .modules import MODULES
from .nesting import Walk, finish
from .places import STATIC_MATCHES, Context, LocationMatch
from .settings import BlockSettings, Complete, SettingsMaker

Show = Complete
"""Replaces a module's settings by what shows who uses them: `ngxpush explain` watches them."""


def compile_configuration(analysis: Analysis, show: Show = lambda settings, sources: settings) -> Configuration:
    """The typed configuration of an analysis that has no fatal diagnostic."""
    with kept():
        root = analysis.root
        events = (scope for scope in root.scopes if scope.context is Context.EVENTS)
        outside = _maker("main", lambda settings, sources: settings, outside_http=True).outermost(root, *events).settings
        for scope in root.scopes:
            if scope.context is Context.HTTP:
                return Configuration(_Compiler(root, scope, show).http(analysis), outside)
        return Configuration(None, outside)


def _maker(level: str, complete: Complete, outside_http: bool = False) -> SettingsMaker:
    """The maker of the settings that modules have at one level: `main`, `server` or `location`."""
    found = ((module, getattr(module, level)) for module in MODULES)
    kinds = [
        (module, kind)
        for module, kind in found
        if kind is not None and any(_is_outside(row) for row in module.directives) is outside_http
    ]
    return SettingsMaker(kinds, complete)


def _is_outside(row: Directive) -> bool:
    return row.field is not None and bool(row.contexts & (Context.MAIN | Context.EVENTS))


class _Compiler:
    """The compilation of one http block."""

    def __init__(self, root: Scope, scope: Scope, show: Show) -> None:
        self._scope = scope
        self._show = show
        main = _maker("main", lambda settings, sources: settings).outermost(root, scope)
        self._main, self._main_sources = main.settings, main.sources
        self._derived = {module.location: module for module in MODULES if module.derive is not None}
        self._server = _maker("server", show)
        self._location = _maker("location", self._complete)
        self._of_servers = self._server.outermost(root, scope)
        self._of_locations = self._location.outermost(root, scope)
        self._blocks: list[Location] = []
        self._named: dict[bytes, Location] = {}

    def http(self, analysis: Analysis) -> Http:
        servers = tuple([self._compile_server(inner) for inner in self._scope.scopes if inner.context is Context.SERVER])
        return Http(
            servers,
            _addresses(servers),
            dict(_definitions(self._scope)),
            frozenset(self._scope.value.variables.initially_empty),
            tuple(self._blocks),
            analysis.prefix,
            analysis.paths,
            upstream_groups(self._scope),
            self._main_sources,
            {kind: self._show(settings, self._main_sources) for kind, settings in self._main.items()},
        )

    def _complete(self, settings: Any, sources: Sources) -> Any:
        """A location's settings with what follows from others."""
        module = self._derived.get(type(settings))
        if module is not None and module.derive is not None:
            settings = module.derive(settings, None if module.main is None else self._main[module.main])
        return self._show(settings, sources)

    def _compile_server(self, scope: Scope) -> Server:
        self._named = {}
        location = finish(self._block(scope, self._of_locations, b"", LocationMatch.SERVER))
        names = tuple([name for setting in scope.all("server_name") for name in setting.value])
        made = self._server.make(scope, self._of_servers)
        return Server(
            _shown_name(names),
            names or (ServerName(b""),),
            tuple(_listens(scope)),
            location,
            scope.statement,
            self._named,
            made.sources,
            made.settings,
        )

    def _block(
        self, scope: Scope, around: BlockSettings, name: bytes, match: LocationMatch, outer: Directive | None = None
    ) -> Walk[Location]:
        """A server, location, `if` or limit_except, with all blocks inside it.

        around: the settings of the block around it.  outer: for a limit_except, the row of its location's content handler.
        """
        place = len(self._blocks)
        self._blocks.append(_UNDONE)
        made = self._location.make(scope, around)
        handler = _content_handler(scope)
        inner: list[Location] = []
        for child in scope.scopes:
            if child.context is Context.LOCATION:
                inner.append((yield self._nested(child, made)))
        limit = None
        for child in scope.scopes:
            if child.context is Context.LIMIT_EXCEPT:
                limit = yield self._limit_except(child, made, name, handler)
        makes = handler or outer
        script: tuple[Step, ...] = yield self._script(scope, made, name)
        location = self._blocks[place] = Location(
            name,
            match,
            scope.value.pattern if isinstance(scope.value, LocationArguments) else None,
            scope.statement,
            None if makes is None else makes.content_handler,
            handler is not None and handler.upstream and match in STATIC_MATCHES and name.endswith(b"/"),
            script,
            _locations(inner) if inner else None,
            limit,
            made.sources,
            made.settings,
        )
        return location

    def _nested(self, scope: Scope, around: BlockSettings) -> Walk[Location]:
        arguments: LocationArguments = scope.value
        location: Location = yield self._block(scope, around, arguments.name, arguments.match)
        if arguments.named:
            self._named[arguments.name] = location
        return location

    def _limit_except(self, scope: Scope, around: BlockSettings, name: bytes, handler: Directive | None) -> Walk[LimitExcept]:
        """A limit_except keeps its location's handler only if that one asks another server; otherwise static files answer."""
        outer = handler if handler is not None and handler.upstream else None
        location: Location = yield self._block(scope, around, name, LocationMatch.LIMIT_EXCEPT, outer)
        return LimitExcept(scope.value, location)

    def _script(self, scope: Scope, made: BlockSettings, name: bytes) -> Walk[tuple[Step, ...]]:
        """The steps of a block. made: its settings."""
        blocks = {id(child.statement): child for child in scope.scopes}
        steps: list[Step] = []
        for setting in scope.settings:
            inner = blocks.get(id(setting.statement))
            if not setting.directive.step:
                continue
            if inner is None:
                steps.append(setting.value)
            elif inner.context is Context.SERVER_IF:
                script: tuple[Step, ...] = yield self._script(inner, made, name)
                steps.append(If(setting.value, script, statement=setting.statement))
            else:
                location: Location = yield self._block(inner, made, name, LocationMatch.IF)
                steps.append(If(setting.value, location.script, location, setting.statement))
        return tuple(steps)


_UNDONE = Location(b"", LocationMatch.SERVER)
"""Keeps the place of a block in the order of the file until it is done."""


def _content_handler(scope: Scope) -> Directive | None:
    """The row of the last directive in a block that sets a content handler."""
    rows = [setting.directive for setting in scope.settings if setting.directive.content_handler is not None]
    return rows[-1] if rows else None


def _locations(found: list[Location]) -> Locations:
    usual = [location for location in found if location.match in (LocationMatch.PREFIX, LocationMatch.PREFIX_NO_REGEX)]
    usual.sort(key=lambda location: len(location.name), reverse=True)
    return Locations(
        exact={location.name: location for location in found if location.match is LocationMatch.EXACT},
        prefix={location.name: location for location in usual},
        lengths=tuple(dict.fromkeys(len(location.name) for location in usual)),
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
    settings = [setting.value for setting in scope.all("listen")] or [ListenArguments((DEFAULT_ADDRESS,))]
    for listen in settings:
        options = (*listen.options, *((flag, True) for flag in sorted(listen.flags - {"default_server"})))
        for address in listen.addresses:
            host = b"" if address.host in (b"*", b"0.0.0.0") else address.host
            for port in range(address.port, address.last_port + 1):
                yield ListenAddress(host, port, address.path, address.ipv6, listen.default_server, options)


def _addresses(servers: tuple[Server, ...]) -> tuple[ServedAddress, ...]:
    found: dict[Any, list[tuple[ListenAddress, Server]]] = {}
    for server in servers:
        for listen in server.listens:
            found.setdefault(listen.key, []).append((listen, server))
    return tuple(map(_address, found.values()))


def _address(uses: list[tuple[ListenAddress, Server]]) -> ServedAddress:
    """An address, from the `listen` directives that name it and their servers."""
    first, default = uses[0]
    options = dict(option for listen, _ in uses for option in listen.options)
    for listen, server in uses[1:]:
        default = server if listen.default_server else default
    return ServedAddress(replace(first, options=tuple(options.items())), default, tuple([server for _, server in uses]))
