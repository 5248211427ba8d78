"""The table of directives: every row of every module's file, by name.

`MODULES` is nginx's module order, in which their checks run when the http block closes.
"""

from __future__ import annotations

import importlib
import pkgutil

from . import directives
from .directives.table import Context, Directive, Module

# Modules whose checks and rows nginx has in a certain order; the others have no checks that could meet theirs.
_ORDER = [
    "core",
    "events",
    "http_core",
    "log",
    "upstream",
    "v2",
    "static",
    "autoindex",
    "index",
    "mirror",
    "try_files",
    "auth_request",
    "auth_basic",
    "access",
    "limit_conn",
    "limit_req",
    "realip",
    "geo",
    "map",
    "split_clients",
    "referer",
    "rewrite",
    "ssl",
    "proxy",
    "fastcgi",
    "uwsgi",
    "scgi",
    "grpc",
    "memcached",
    "empty_gif",
    "browser",
    "secure_link",
    "upstream_hash",
    "upstream_ip_hash",
    "upstream_least_conn",
    "upstream_random",
    "upstream_keepalive",
    "upstream_zone",
    "stub_status",
    "gzip",
    "ssi",
    "charset",
    "addition",
    "sub",
    "userid",
    "headers",
    "push_stream",
]


def _load() -> tuple[Module, ...]:
    """The `MODULES` of every file in `directives`, in nginx's order."""
    modules: list[Module] = []
    for file in pkgutil.iter_modules(directives.__path__):
        modules += getattr(importlib.import_module(f"{directives.__name__}.{file.name}"), "MODULES", ())
    place = {name: number for number, name in enumerate(_ORDER)}
    return tuple(sorted(modules, key=lambda module: (place.get(module.name, len(place)), module.name)))


MODULES: tuple[Module, ...] = _load()


def _by_name() -> dict[bytes, tuple[Directive, ...]]:
    table: dict[bytes, tuple[Directive, ...]] = {}
    for module in MODULES:
        for row in module.directives:
            name = row.name.encode()
            table[name] = (*table.get(name, ()), row)
    return table


DIRECTIVES: dict[bytes, tuple[Directive, ...]] = _by_name()
"""Name → its rows: a name may mean different things in different contexts (`server`, `listen`, `if`)."""


def find(name: str, context: Context) -> Directive | None:
    """The row of a directive in a context, or None where it may not stand."""
    return next((row for row in DIRECTIVES.get(name.encode(), ()) if row.contexts & context), None)
