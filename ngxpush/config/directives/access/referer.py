"""The referer module: valid_referers, on which $invalid_referer depends."""

from __future__ import annotations

from msgspec import Struct

from ...columns import ANY, accepted
from ...directive import Directive, DirectiveUse, RefusedDirective, Scope
from ...module import Module
from ...pattern import Pattern
from ...places import Context
from ...slots import number
from ...text import shown
from ...wildcards import Wildcards
from ..http.hashes import report_hash, sizes, uses, wildcard_tables
from ..variables.map import is_host_name


class ValidReferers(Struct, frozen=True):
    """One valid_referers. names: hosts in lower case, with the beginning of their URIs.  patterns: match a URL without scheme."""

    none: bool = False
    blocked: bool = False
    server_names: bool = False
    names: tuple[tuple[bytes, bytes], ...] = ()
    patterns: tuple[Pattern, ...] = ()


class RefererLocation(Struct, frozen=True):
    """What a location holds."""

    valid_referers: tuple[ValidReferers, ...] = ()


class ValidReferersSlot:
    """`none`, `blocked`, `server_names`, hosts and patterns: a ValidReferers."""

    description = "referers"

    def parse(self, use: DirectiveUse) -> ValidReferers:
        use.define(b"invalid_referer")
        flags = {"none": False, "blocked": False, "server_names": False}
        table: Wildcards[object] = Wildcards()
        for setting in use.scope.all(use.name):
            for host, _ in setting.value.names if setting.value is not None else ():
                table.add(host, object())
        names, patterns = [], []
        for argument in use.arguments:
            if not argument:
                raise RefusedDirective('invalid referer ""')
            if shown(argument) in flags:
                flags[shown(argument)] = True
            elif argument.startswith(b"~"):
                if argument == b"~":
                    raise RefusedDirective('empty regex in "~"')
                patterns.append(use.pattern(argument[1:], caseless=True))
            else:
                names.append(self._name(table, argument))
        return ValidReferers(**flags, names=tuple(names), patterns=tuple(patterns))

    @staticmethod
    def _name(table: Wildcards[object], text: bytes) -> tuple[bytes, bytes]:
        host, slash, uri = text.partition(b"/")
        if not is_host_name(host):
            raise RefusedDirective(f'invalid hostname or wildcard "{shown(host)}"')
        if not table.add(host.lower(), object()):
            raise RefusedDirective(f'conflicting parameter "{shown(host)}"')
        return host.lower(), slash + uri


def _check(use: DirectiveUse, http: Scope) -> None:
    for scope in http.walk():
        referers = [setting.value for setting in scope.all("valid_referers") if setting.value is not None]
        if any(one.none or one.blocked for one in referers) and not any(_has_names(scope, one) for one in referers):
            use.report(
                "emerg",
                'the "none" or "blocked" referers are specified in the "valid_referers" directive without any valid referer',
                fatal=True,
                placed=False,
            )


def _has_names(scope: Scope, referers: ValidReferers) -> bool:
    """Whether there are hosts among them. nginx does not count patterns. A server without names has one, the empty one."""
    if referers.names or not referers.server_names:
        return bool(referers.names)
    settings = scope.enclosing(Context.SERVER).all("server_name")
    return not settings or any(name.pattern is None for setting in settings for name in setting.value or ())


def _check_hash(use: DirectiveUse, http: Scope) -> None:
    """Check the hosts of each valid_referers, including the names of its server where it has `server_names`."""
    for scope, settings in uses(http, "valid_referers"):
        referers: list[ValidReferers] = [setting.value for setting in settings if setting.value is not None]
        names = [host for one in referers for host, _ in one.names]
        if any(one.server_names for one in referers):
            server = scope.enclosing(Context.SERVER)
            names += [name.text for setting in server.all("server_name") for name in setting.value or () if not name.pattern]
        for table in wildcard_tables(names):
            report_hash(use, "referer_hash", table, *sizes(scope, "referer_hash", 2048, 64))


_HASH = accepted("Tables grow as needed.")
_PLACES = Context.SERVER | Context.LOCATION
_DIRECTIVES = (
    Directive(
        "valid_referers",
        _PLACES,
        ValidReferersSlot(),
        "The referers for which `$invalid_referer` is empty.",
        ANY,
        once=False,
    ),
    Directive("referer_hash_max_size", _PLACES, number(), "The largest size of the table of referers.", emulation=_HASH),
    Directive("referer_hash_bucket_size", _PLACES, number(), "The size of a bucket of the table of referers.", emulation=_HASH),
)

MODULE = Module("referer", _DIRECTIVES, location=RefererLocation, checks=(_check, _check_hash))
