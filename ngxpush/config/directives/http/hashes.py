"""The checks of the hash tables that nginx builds from a module's settings when the http block is complete."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from ...directive import Check, DirectiveUse, Scope, Setting
from ...hash_tables import complaint, label_tables
from .merged import merged_scopes, used_inside

_TYPES_SIZES = (2048, 64)
_HIDDEN = b"date server x-pad x-accel-expires x-accel-redirect x-accel-limit-rate x-accel-buffering x-accel-charset".split()
_HEADERS = b"host connection content-length transfer-encoding te keep-alive expect upgrade".split()


def report_hash(use: DirectiveUse, table: str, names: Iterable[bytes], max_size: int, bucket_size: int) -> None:
    """Report nginx's message about a table, if it has one."""
    found = complaint(table, names, max_size, bucket_size)
    if found is not None:
        use.report(found.level, found.message, fatal=found.level == "emerg", placed=False)


def sizes(scope: Scope, prefix: str, max_size: int, bucket_size: int) -> tuple[int, int]:
    """The values of `PREFIX_max_size` and `PREFIX_bucket_size` in a scope, or the defaults."""
    given: list[int] = []
    for name, default in ((f"{prefix}_max_size", max_size), (f"{prefix}_bucket_size", bucket_size)):
        setting = scope.effective(name)
        given.append(default if setting is None or setting.value is None else setting.value)
    return given[0], given[1]


def uses(http: Scope, name: str) -> Iterator[tuple[Scope, Sequence[Setting]]]:
    """The settings of a directive that are in force somewhere, with the first scope in which they are, in nginx's order.

    The http block's settings are among them if a server inherits them. () stands for the default.
    """
    seen: set[int] = set()
    in_force = {id(http): http.nearest(name)}
    scopes = merged_scopes(http)  # outer ones first
    for scope in scopes if name in used_inside(http) else scopes[:1]:
        nearest = scope if scope.has_any((name,)) else in_force[id(scope.parent)]
        in_force[id(scope)] = nearest
        if id(nearest) not in seen:
            seen.add(id(nearest))
            yield scope, () if nearest is None else nearest.all(name)


def wildcard_tables(names: Collection[bytes]) -> Iterator[list[bytes]]:
    """The tables of names with or without wildcards: one for the plain names, and one for each level of the others."""
    plain = sorted({name.removeprefix(b".") for name in names if b"*" not in name})
    if plain:
        yield plain
    yield from label_tables(name for name in names if name.startswith((b"*", b".")))
    yield from label_tables(name for name in names if name.endswith(b"*"))


def check_types(*names: str) -> Check:
    """The check of directives that take MIME types (gzip_types …)."""

    def check(use: DirectiveUse, http: Scope) -> None:
        for name in names:
            for _, settings in uses(http, name):
                types = {argument.lower() for setting in settings for argument in setting.statement.arguments}
                report_hash(use, "test_types_hash", types | {b"text/html"}, *_TYPES_SIZES)

    return check


def first_arguments(settings: Iterable[Setting]) -> list[bytes]:
    """The first argument of each use, in lower case."""
    return [setting.statement.arguments[0].lower() for setting in settings]


def _with_defaults(names: list[bytes]) -> list[bytes]:
    """The names of the headers that are set, and of those that nginx sets by itself."""
    return names + [name for name in _HEADERS if name not in names]


def check_headers(prefix: str) -> Check:
    """The check of PREFIX_set_header and PREFIX_hide_header of a module that speaks HTTP."""
    table = f"{prefix}_headers_hash"

    def check(use: DirectiveUse, http: Scope) -> None:
        for scope, settings in uses(http, f"{prefix}_hide_header"):
            report_hash(use, table, {*first_arguments(settings), *_HIDDEN}, *sizes(scope, table, 512, 64))
        for scope, settings in uses(http, f"{prefix}_set_header"):
            report_hash(use, table, _with_defaults(first_arguments(settings)), *sizes(scope, table, 512, 64))

    return check


def check_parameters(prefix: str) -> Check:
    """The check of PREFIX_param and PREFIX_hide_header of fastcgi, uwsgi and scgi: only HTTP_… parameters are in a table."""

    def check(use: DirectiveUse, http: Scope) -> None:
        for _, settings in uses(http, f"{prefix}_hide_header"):
            report_hash(use, f"{prefix}_hide_headers_hash", set(first_arguments(settings)), 512, 64)
        for _, settings in uses(http, f"{prefix}_param"):
            headers = [name.removeprefix(b"http_") for name in first_arguments(settings) if name.startswith(b"http_")]
            report_hash(use, f"{prefix}_params_hash", headers, 512, 64)

    return check
