"""nginx's checks of a complete server or http block: addresses, names, locations, variables."""

from __future__ import annotations

from ...directive import DirectiveUse, Scope
from ...http_block import HttpBlock, ListenPlace, declared
from ...nesting import Walk, finish
from ...places import Context, LocationMatch
from ...text import shown
from ...wildcards import Wildcards
from .hashes import report_hash, sizes, uses, wildcard_tables
from .listen import DEFAULT_ADDRESS, ListenArguments, add_listen
from .server_name import ServerName
from .ssl_checks import check_addresses

_LARGE_BUFFER = 8192
_DEFAULT_EXTENSIONS = (b"html", b"gif", b"jpg")


def close_server(use: DirectiveUse, server: Scope) -> None:
    """Give a server without `listen` nginx's default address."""
    if server.own("listen") is None:
        add_listen(declared(use), server, ListenArguments((DEFAULT_ADDRESS,)))


def check_http(use: DirectiveUse, http: Scope) -> None:
    """The checks that nginx's http core makes when it merges its settings."""
    for server in servers(http):
        buffers = server.effective("large_client_header_buffers")
        pool = server.effective("connection_pool_size")
        least = 512 if pool is None or not pool.value else pool.value
        largest = _LARGE_BUFFER if buffers is None or not buffers.value else buffers.value[1]
        if largest < least:
            use.report(
                "emerg",
                'the "large_client_header_buffers" size must be equal to or greater than "connection_pool_size"',
                fatal=True,
            )


def check_types_hash(use: DirectiveUse, http: Scope) -> None:
    """Check the extensions of `types`. Those of the http block are checked even where every server has its own."""
    outer = http.all("types")
    tables = [(scope, settings) for scope, settings in uses(http, "types") if settings != outer]
    if outer and servers(http):
        tables.insert(0, (servers(http)[0], outer))
    for scope, settings in tables or [(scope, []) for scope in servers(http)[:1]]:
        extensions = {extension for setting in settings for extension in setting.value or ()}
        report_hash(use, "types_hash", extensions or _DEFAULT_EXTENSIONS, *sizes(scope, "types_hash", 1024, 64))


def servers(http: Scope) -> list[Scope]:
    return [scope for scope in http.scopes if scope.context is Context.SERVER]


def close_http(use: DirectiveUse, http: Scope) -> None:
    """The checks after those of all modules, in nginx's order: locations, variables, server names."""
    for server in servers(http):
        finish(_check_locations(use, server))
    check_addresses(use, http)
    _check_variables(use)
    if not any(scope.uncertain for scope in http.walk()):
        report_hash(use, "variables_hash", use.variables.defined, *sizes(http, "variables_hash", 1024, 64))
    for place in _in_nginx_order(http.value):
        _check_server_names(use, http, place)


def _check_variables(use: DirectiveUse) -> None:
    """Refuse a variable that no directive defines, unless a directive that was left out may define it."""
    left_out = bool(use.cycle.left_out)
    for name in use.cycle.unknown_variables():
        if left_out:
            use.report("warn", f'unknown "{shown(name)}" variable, its value is empty', placed=False)
        else:
            use.report("emerg", f'unknown "{shown(name)}" variable', fatal=True, placed=False)


def _check_locations(use: DirectiveUse, scope: Scope) -> Walk[None]:
    """Refuse two exact or two prefix locations of one name. Inner locations are checked first, then by name."""
    locations = [inner for inner in scope.scopes if inner.context is Context.LOCATION and inner.value is not None]
    static = [inner for inner in locations if inner.value.match in _STATIC]
    for inner in sorted(static, key=lambda inner: (inner.value.name, inner.value.match is not LocationMatch.EXACT)):
        yield _check_locations(use, inner)
    for inner in locations:
        if inner.value.match not in _STATIC:
            yield _check_locations(use, inner)
    seen: set[tuple[bytes, bool]] = set()
    for inner in sorted(static, key=lambda inner: inner.value.name):
        key = inner.value.name, inner.value.match is LocationMatch.EXACT
        if key in seen and inner.statement is not None:
            position, statement = inner.statement.end, inner.statement
            use.report_at(f'duplicate location "{shown(key[0])}"', position, statement)
        seen.add(key)


_STATIC = (LocationMatch.EXACT, LocationMatch.PREFIX, LocationMatch.PREFIX_NO_REGEX)


def _in_nginx_order(http: HttpBlock) -> list[ListenPlace]:
    """The addresses, by the first use of their port. For one port: those with options first, the wildcard last."""
    ports: dict[tuple[int, str], list[ListenPlace]] = {}
    for place in http.listens.values():
        ports.setdefault(place.port_key, []).append(place)
    ordered = []
    for places in ports.values():
        ordered += sorted(places, key=lambda place: (place.wildcard, not place.bind))
    return ordered


def _check_server_names(use: DirectiveUse, http: Scope, place: ListenPlace) -> None:
    """Warn of a name that two servers of an address have. Refuse what is neither a name nor a wildcard."""
    if len(place.servers) < 2 and not any(_has_groups(name) for server in place.servers for name in _names(server)):
        return
    table: Wildcards[object] = Wildcards()
    for server in place.servers:
        for name in _names(server):
            if name.pattern is not None:
                continue
            text = shown(name.text)
            if not _is_wildcard_or_name(name.text):
                use.report("emerg", f'invalid server name or wildcard "{text}" on {place.text}', fatal=True, placed=False)
            elif not table.add(name.text, object()):
                use.report("warn", f'conflicting server name "{text}" on {place.text}, ignored', placed=False)
    names = {name.text for server in place.servers for name in _names(server) if name.pattern is None}
    for found in wildcard_tables(names):
        report_hash(use, "server_names_hash", found, *sizes(http, "server_names_hash", 512, 64))


def _has_groups(name: ServerName) -> bool:
    """Whether the name is a pattern with groups. Its address then looks names up even for a single server, to set the groups."""
    return name.pattern is not None and name.pattern.groups > 0


def _names(server: Scope) -> list[ServerName]:
    names = [name for setting in server.all("server_name") for name in setting.value or ()]
    return names or [ServerName(b"")]


def _is_wildcard_or_name(text: bytes) -> bool:
    """Whether nginx accepts the name: one `*` at most, at the beginning or the end next to a dot, and no two dots in a row."""
    if b".." in text or b"\0" in text:
        return False
    if b"*" not in text:
        return True
    inner = text[2:] if text.startswith(b"*.") else text[:-2] if text.endswith(b".*") else text
    return b"*" not in inner and bool(inner)
