"""The proxy module: requests passed on to other HTTP servers, and `auth_request`'s usual target."""

from __future__ import annotations

from dataclasses import dataclass

from ..complex_value import ComplexValue
from ..configuration import LocationMatch
from ..pattern import Pattern
from ..slots import Complex, Enum, Flag, ignored, number, size
from ..words import Refused, Words
from .cache import cache_rows
from .gateway import (
    body_rows,
    check_gateway,
    check_late_values,
    connection_rows,
    header_rows,
    row_maker,
    ssl_rows,
)
from .gateway_slots import LateValue, Parameter, Target, use_upstream
from .hashes import check_headers
from .location import LocationArguments
from .table import EMULATED, Arguments, Context, Directive, Module, accepted

_PORTS = {b"http": 80, b"https": 443}


@dataclass(frozen=True, slots=True)
class Replacement:
    """One proxy_redirect, proxy_cookie_domain or proxy_cookie_path: what is looked for, and what takes its place.

    source: a Pattern, or a text compared (the beginning of a Location or a path, the whole of a domain).
    default: of `proxy_redirect default`, where source is the target's URL and replacement the location's name.
    """

    source: Pattern | ComplexValue
    replacement: ComplexValue
    default: bool = False


@dataclass(frozen=True, slots=True)
class CookieFlags:
    """One proxy_cookie_flags: the cookies meant, and the flags set or taken away."""

    cookie: Pattern | ComplexValue
    flags: tuple[ComplexValue, ...]


@dataclass(frozen=True, slots=True)
class ProxyLocation:
    """What a location holds of the proxy module after inheritance. Sizes in bytes, times in milliseconds.

    pass_: its own proxy_pass; it is not inherited.
    redirect: empty where no proxy_redirect is written, which means `default`; in it, and in cookie_…, None stands for `off`.
    next_upstream, ignore_headers: their words in lower case.
    buffers: number and size of each.
    """

    pass_: Target | None = None
    connect_timeout: int = 60000
    send_timeout: int = 60000
    read_timeout: int = 60000
    buffer_size: int = 4096
    buffers: tuple[int, int] = (8, 4096)
    buffering: bool = True
    request_buffering: bool = True
    http_version: bytes = b"1.0"
    method: ComplexValue | None = None
    set_header: tuple[Parameter, ...] = ()
    set_body: ComplexValue | None = None
    pass_request_headers: bool = True
    pass_request_body: bool = True
    hide_header: tuple[bytes, ...] = ()
    pass_header: tuple[bytes, ...] = ()
    ignore_headers: frozenset[str] = frozenset()
    intercept_errors: bool = False
    ignore_client_abort: bool = False
    redirect: tuple[Replacement | None, ...] = ()
    cookie_domain: tuple[Replacement | None, ...] = ()
    cookie_path: tuple[Replacement | None, ...] = ()
    cookie_flags: tuple[CookieFlags | None, ...] = ()
    next_upstream: frozenset[str] = frozenset({"error", "timeout"})
    next_upstream_tries: int = 0
    next_upstream_timeout: int = 0
    limit_rate: int = 0
    bind: ComplexValue | None = None
    force_ranges: bool = False
    ssl_name: ComplexValue | None = None
    ssl_server_name: bool = False


class ProxyPass:
    """`http://…` or `https://…`, with variables or without; a URI is refused where nginx could not replace one by it."""

    description = "URL"

    def parse(self, words: Words) -> Target:
        text = words.arguments[0]
        if b"$" in text:
            return Target(b"", None, words.complex_value(text))
        scheme, separator, rest = text.partition(b"://")
        if not separator or scheme.lower() not in _PORTS:
            raise Refused("invalid URL prefix")
        address = use_upstream(words, rest, _PORTS[scheme.lower()], uri_part=True)
        if address.uri and not _has_plain_prefix(words):
            raise Refused(
                '"proxy_pass" cannot have URI part in location given by regular expression, or inside named location, '
                'or inside "if" statement, or inside "limit_except" block'
            )
        return Target(scheme.lower(), address, ComplexValue(text, (text,)))


def _has_plain_prefix(words: Words) -> bool:
    """Whether the block is a location whose name could be replaced by a URI."""
    location = words.scope.value
    if words.scope.context != Context.LOCATION or not isinstance(location, LocationArguments):
        return False
    return location.match not in (LocationMatch.REGEX, LocationMatch.NAMED)


class Redirect:
    """`off`, `default`, or what in a Location header is replaced by what."""

    description = "redirect"

    def parse(self, words: Words) -> Replacement | None:
        _refuse_beside_off(words)
        source = words.arguments[0]
        if len(words.arguments) == 1 and source == b"off":
            return None
        if source == b"default":
            return _default_redirect(words)
        if len(words.arguments) == 1:
            raise words.invalid_parameter(source)
        if source.startswith(b"~*"):
            pattern: Pattern | ComplexValue = words.pattern(source[2:], caseless=True)
        elif source.startswith(b"~"):
            pattern = words.pattern(source[1:])
        else:
            pattern = words.complex_value(source)
        return Replacement(pattern, words.complex_value(words.arguments[1]))


def _default_redirect(words: Words) -> Replacement:
    target = words.scope.own("proxy_pass")
    if target is None or target.value is None:
        raise Refused('"proxy_redirect default" should be placed after the "proxy_pass" directive')
    if target.value.address is None:
        raise Refused('"proxy_redirect default" cannot be used with "proxy_pass" directive with variables')
    name = getattr(words.scope.value, "name", b"")
    return Replacement(target.value.text, ComplexValue(name, (name,)), default=True)


@dataclass(frozen=True, slots=True)
class CookieReplacement:
    """`off`, or what in a cookie's domain or path is replaced by what. caseless: of a pattern without `~*`."""

    caseless: bool
    description: str = "replacement"

    def parse(self, words: Words) -> Replacement | None:
        _refuse_beside_off(words)
        source = words.arguments[0]
        if len(words.arguments) == 1:
            if source == b"off":
                return None
            raise words.invalid_parameter(source)
        pattern: Pattern | ComplexValue
        if source.startswith(b"~*") and not self.caseless:
            pattern = words.pattern(source[2:], caseless=True)
        elif source.startswith(b"~"):
            pattern = words.pattern(source[1:], self.caseless)
        else:
            pattern = words.complex_value(source)
        return Replacement(pattern, words.complex_value(words.arguments[1]))


class CookieFlagsSlot:
    """`off`, or a cookie's name or pattern and the flags it gets or loses."""

    description = "cookie and flags"

    def parse(self, words: Words) -> CookieFlags | None:
        _refuse_beside_off(words)
        name = words.arguments[0]
        if len(words.arguments) == 1:
            if name == b"off":
                return None
            raise words.invalid_parameter(name)
        cookie: Pattern | ComplexValue
        cookie = words.pattern(name[1:], caseless=True) if name.startswith(b"~") else words.complex_value(name)
        return CookieFlags(cookie, tuple(words.complex_value(flag) for flag in words.arguments[1:]))


def _refuse_beside_off(words: Words) -> None:
    """`off` stands alone: nothing may come before or after it in the same block."""
    off = words.arguments == (b"off",)
    for earlier in words.scope.all(words.name):
        if off or earlier.statement.arguments == (b"off",):
            raise words.duplicate()


_NO_TABLE = accepted("Headers are not kept in tables of a fixed size.")
_CACHE = accepted("Answers are not cached.")
_row = row_maker("proxy", ProxyLocation, EMULATED)
_STALE = """
    error timeout invalid_header non_idempotent updating off
    http_500 http_502 http_503 http_504 http_403 http_404 http_429
"""

_DIRECTIVES = (
    Directive(
        "proxy_pass",
        "proxy",
        Context.LOCATION | Context.LOCATION_IF | Context.LIMIT_EXCEPT,
        ProxyPass(),
        field="pass_",
        inherit=False,
        content_handler="proxy",
        upstream=True,
        summary="Where requests are passed on to.",
    ),
    _row("redirect", Redirect(), "How the Location header of an answer is rewritten.", Arguments(1, 2), once=False),
    _row("cookie_domain", CookieReplacement(True), "How the domains of cookies are rewritten.", Arguments(1, 2), once=False),
    _row("cookie_path", CookieReplacement(False), "How the paths of cookies are rewritten.", Arguments(1, 2), once=False),
    _row("cookie_flags", CookieFlagsSlot(), "Which flags cookies get or lose.", Arguments(1, 4), once=False),
    _row("set_header", LateValue(), "A header of the request to the upstream.", Arguments(2, 2), once=False),
    _row("set_body", Complex(), "The body of the request to the upstream."),
    _row("method", Complex(), "The method of the request to the upstream."),
    _row("http_version", Enum({b"1.0": b"1.0", b"1.1": b"1.1"}), "The HTTP version spoken to the upstream."),
    _row("headers_hash_max_size", number(), "The size of a table of headers.", emulation=_NO_TABLE),
    _row("headers_hash_bucket_size", number(), "The size of a bucket of that table.", emulation=_NO_TABLE),
    _row(
        "send_lowat",
        size(ignored),
        "How much must fit into the upstream's socket.",
        emulation=accepted("Linux has no such mark."),
    ),
    _row("cache_convert_head", Flag(), "Whether HEAD becomes GET for the cache.", emulation=_CACHE),
    *connection_rows(_row, _STALE),
    *header_rows(_row),
    *body_rows("proxy", _row),
    *cache_rows("proxy", _STALE),
    *ssl_rows(_row),
)

MODULES = (
    Module(
        "proxy",
        _DIRECTIVES,
        location=ProxyLocation,
        checks=(check_gateway("proxy"), check_late_values("proxy_set_header"), check_headers("proxy")),
    ),
)
