"""The proxy module: requests passed on to other HTTP servers."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from ...columns import Arguments, accepted
from ...complex_value import ComplexValue
from ...directive import Directive, DirectiveUse, RefusedDirective
from ...module import Module
from ...pattern import Pattern
from ...places import HTTP_SERVER_LOCATION, Context, LocationMatch
from ...slots import Complex, Enum, Flag, ignored, number, size
from ..http.hashes import check_headers
from ..http.location import LocationArguments
from .cache import CACHE_ROWS, CachePaths, use_stale_row
from .checks import check_gateway, check_late_values
from .location import GatewayLocation, store_or_cache
from .rows import BODY_ROWS, CONNECTION_ROWS, HEADER_ROWS, TLS_ROWS, next_upstream_row, prefixed
from .slots import LateValue, Parameter, PassTarget, use_upstream

_PORTS = {b"http": 80, b"https": 443}


class Replacement(Struct, frozen=True):
    """One proxy_redirect, proxy_cookie_domain or proxy_cookie_path: what is looked for, and its replacement.

    source: a Pattern, or a text that is compared with the beginning of a Location or a path, or with a whole domain.
    default: written as `proxy_redirect default`; source is the target's URL and replacement the location's name.
    """

    source: Pattern | ComplexValue
    replacement: ComplexValue
    default: bool = False


class CookieFlags(Struct, frozen=True):
    """One proxy_cookie_flags: the cookies it applies to, and the flags that are set or removed."""

    cookie: Pattern | ComplexValue
    flags: tuple[ComplexValue, ...]


class ProxyLocation(GatewayLocation, frozen=True):
    """What a location holds of the proxy module after inheritance."""

    hidden: ClassVar[frozenset[bytes]] = GatewayLocation.hidden | {b"x-pad"}

    http_version: bytes = b"1.0"
    method: ComplexValue | None = None
    set_header: tuple[Parameter, ...] = ()
    set_body: ComplexValue | None = None

    # Empty where no proxy_redirect is written, which means `default`. None in it, and in the three `cookie_…` fields, is `off`.
    redirect: tuple[Replacement | None, ...] = ()

    cookie_domain: tuple[Replacement | None, ...] = ()
    cookie_path: tuple[Replacement | None, ...] = ()
    cookie_flags: tuple[CookieFlags | None, ...] = ()


class ProxyCaches(CachePaths, frozen=True):
    """The caches of proxy_cache_path."""


class ProxyPass:
    """`http://…` or `https://…`, with or without variables. A URI is refused where it could not replace a location's name."""

    description = "URL"

    def parse(self, use: DirectiveUse) -> PassTarget:
        text = use.arguments[0]
        if b"$" in text:
            return PassTarget(b"", None, use.complex_value(text))
        scheme, separator, rest = text.partition(b"://")
        if not separator or scheme.lower() not in _PORTS:
            raise RefusedDirective("invalid URL prefix")
        address = use_upstream(use, rest, _PORTS[scheme.lower()], uri_part=True)
        if address.uri and not _has_plain_prefix(use):
            raise RefusedDirective(
                '"proxy_pass" cannot have URI part in location given by regular expression, or inside named location, '
                'or inside "if" statement, or inside "limit_except" block'
            )
        return PassTarget(scheme.lower(), address, ComplexValue(text, (text,)))


def _has_plain_prefix(use: DirectiveUse) -> bool:
    """Whether the block is a location whose name a URI can replace."""
    location = use.scope.value
    if use.scope.context != Context.LOCATION or not isinstance(location, LocationArguments):
        return False
    return location.match not in (LocationMatch.REGEX, LocationMatch.NAMED)


class Redirect:
    """`off`, `default`, or a text in a Location header and its replacement."""

    description = "redirect"

    def parse(self, use: DirectiveUse) -> Replacement | None:
        _refuse_beside_off(use)
        source = use.arguments[0]
        if len(use.arguments) == 1 and source == b"off":
            return None
        if len(use.arguments) == 1 and source == b"default":
            return _default_redirect(use)
        if len(use.arguments) == 1:
            raise use.invalid_parameter(source)
        if source.startswith(b"~*"):
            pattern: Pattern | ComplexValue = use.pattern(source[2:], caseless=True)
        elif source.startswith(b"~"):
            pattern = use.pattern(source[1:])
        else:
            pattern = use.complex_value(source)
        return Replacement(pattern, use.complex_value(use.arguments[1]))


def _default_redirect(use: DirectiveUse) -> Replacement:
    target = use.scope.own("proxy_pass")
    if target is None or target.value is None:
        raise RefusedDirective('"proxy_redirect default" should be placed after the "proxy_pass" directive')
    if target.value.address is None:
        raise RefusedDirective('"proxy_redirect default" cannot be used with "proxy_pass" directive with variables')
    name = getattr(use.scope.value, "name", b"")
    return Replacement(target.value.text, ComplexValue(name, (name,)), default=True)


class CookieReplacement(Struct, frozen=True):
    """`off`, or a text in a cookie's domain or path and its replacement.

    caseless: a pattern matches in any letter case without `~*`, too.
    """

    caseless: bool
    description: str = "replacement"

    def parse(self, use: DirectiveUse) -> Replacement | None:
        _refuse_beside_off(use)
        source = use.arguments[0]
        if len(use.arguments) == 1:
            if source == b"off":
                return None
            raise use.invalid_parameter(source)
        pattern: Pattern | ComplexValue
        if source.startswith(b"~*") and not self.caseless:
            pattern = use.pattern(source[2:], caseless=True)
        elif source.startswith(b"~"):
            pattern = use.pattern(source[1:], self.caseless)
        else:
            pattern = use.complex_value(source)
        return Replacement(pattern, use.complex_value(use.arguments[1]))


class CookieFlagsSlot:
    """`off`, or a cookie's name or pattern and the flags it gets or loses."""

    description = "cookie and flags"

    def parse(self, use: DirectiveUse) -> CookieFlags | None:
        _refuse_beside_off(use)
        name = use.arguments[0]
        if len(use.arguments) == 1:
            if name == b"off":
                return None
            raise use.invalid_parameter(name)
        cookie: Pattern | ComplexValue
        cookie = use.pattern(name[1:], caseless=True) if name.startswith(b"~") else use.complex_value(name)
        return CookieFlags(cookie, tuple(use.complex_value(flag) for flag in use.arguments[1:]))


def _refuse_beside_off(use: DirectiveUse) -> None:
    """Refuse any other use of the directive beside `off` in the same block."""
    earlier = use.scope.all(use.name)
    if earlier and (b"off",) in (use.arguments, earlier[0].statement.arguments):
        raise use.duplicate()


_NO_TABLE = accepted("Headers are not kept in tables of a fixed size.")
_STALE = """
    error timeout invalid_header non_idempotent updating off
    http_500 http_502 http_503 http_504 http_403 http_404 http_429
"""

_OWN = (
    Directive(
        "pass",
        Context.LOCATION | Context.LOCATION_IF | Context.LIMIT_EXCEPT,
        ProxyPass(),
        "The server, or the group of servers, that requests are passed on to.",
        field="pass_",
        inherit=False,
        content_handler="proxy",
        upstream=True,
    ),
    Directive(
        "redirect",
        HTTP_SERVER_LOCATION,
        Redirect(),
        "How Location and Refresh headers of answers are rewritten; `off`: not at all.",
        Arguments(1, 2),
        once=False,
    ),
    Directive(
        "cookie_domain",
        HTTP_SERVER_LOCATION,
        CookieReplacement(True),
        "How the domain of cookies in answers is rewritten.",
        Arguments(1, 2),
        once=False,
    ),
    Directive(
        "cookie_path",
        HTTP_SERVER_LOCATION,
        CookieReplacement(False),
        "How the path of cookies in answers is rewritten.",
        Arguments(1, 2),
        once=False,
    ),
    Directive(
        "cookie_flags",
        HTTP_SERVER_LOCATION,
        CookieFlagsSlot(),
        "The flags that cookies in answers get or lose.",
        Arguments(1, 4),
        once=False,
    ),
    Directive(
        "set_header",
        HTTP_SERVER_LOCATION,
        LateValue(),
        "A header of the request to the upstream; an empty value removes it.",
        Arguments(2, 2),
        once=False,
    ),
    Directive("set_body", HTTP_SERVER_LOCATION, Complex(), "The body of the request to the upstream."),
    Directive("method", HTTP_SERVER_LOCATION, Complex(), "The method of the request to the upstream."),
    Directive(
        "http_version",
        HTTP_SERVER_LOCATION,
        Enum({b"1.0": b"1.0", b"1.1": b"1.1"}),
        "The HTTP version of requests to the upstream.",
    ),
    Directive(
        "headers_hash_max_size", HTTP_SERVER_LOCATION, number(), "The largest size of the tables of headers.", emulation=_NO_TABLE
    ),
    Directive(
        "headers_hash_bucket_size",
        HTTP_SERVER_LOCATION,
        number(),
        "The size of a bucket of the tables of headers.",
        emulation=_NO_TABLE,
    ),
    Directive(
        "send_lowat",
        HTTP_SERVER_LOCATION,
        size(ignored),
        "The low water mark of upstream sockets.",
        emulation=accepted("Linux has no such mark."),
    ),
    Directive("cache_convert_head", HTTP_SERVER_LOCATION, Flag(), "Whether HEAD becomes GET for the cache."),
    next_upstream_row(_STALE),
    use_stale_row(_STALE),
)

_DIRECTIVES = prefixed("proxy", _OWN, CONNECTION_ROWS, HEADER_ROWS, BODY_ROWS, CACHE_ROWS, TLS_ROWS)

MODULE = Module(
    "proxy",
    _DIRECTIVES,
    prefix="proxy_",
    main=ProxyCaches,
    location=ProxyLocation,
    nest=store_or_cache,
    checks=(check_gateway("proxy"), check_late_values("proxy_set_header"), check_headers("proxy")),
)
