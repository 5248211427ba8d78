"""The fastcgi module: requests for FastCGI servers such as PHP's."""

from __future__ import annotations

from typing import ClassVar

from ...columns import Arguments, accepted
from ...directive import Directive
from ...module import Module
from ...pattern import Pattern
from ...places import HTTP_SERVER_LOCATION
from ...slots import Flag, String, ignored, size
from ..http.hashes import check_parameters
from .cache import CACHE_ROWS, CachePaths, use_stale_row
from .checks import check_gateway, check_late_values
from .location import GatewayLocation, store_or_cache
from .rows import BODY_ROWS, CONNECTION_ROWS, HEADER_ROWS, next_upstream_row, pass_row, prefixed
from .slots import LateValue, Parameter, Pass, SplitPathInfo

_ERRORS = "error timeout invalid_header non_idempotent updating off http_500 http_503 http_403 http_404 http_429"


class FastcgiLocation(GatewayLocation, frozen=True):
    """What a location holds of the fastcgi module after inheritance."""

    hidden: ClassVar[frozenset[bytes]] = GatewayLocation.hidden - {b"date", b"server"} | {b"status"}
    always_theirs: ClassVar[bool] = False

    # Both of them are for $fastcgi_script_name and $fastcgi_path_info.
    index: bytes = b""
    split_path_info: Pattern | None = None

    param: tuple[Parameter, ...] = ()

    # Texts on standard error that make an answer invalid.
    catch_stderr: tuple[bytes, ...] = ()

    keep_conn: bool = False


class FastcgiCaches(CachePaths, frozen=True):
    """The caches of fastcgi_cache_path."""


_OWN = (
    pass_row(Pass({}), "The FastCGI server requests are passed on to.", "fastcgi"),
    Directive(
        "index",
        HTTP_SERVER_LOCATION,
        String(),
        "The file name that is appended to a URI that ends in a slash.",
    ),
    Directive(
        "split_path_info",
        HTTP_SERVER_LOCATION,
        SplitPathInfo(),
        "The pattern that splits a URI into script name and path.",
        once=False,
    ),
    Directive(
        "param",
        HTTP_SERVER_LOCATION,
        LateValue(b"if_not_empty"),
        "A parameter of the request.",
        Arguments(2, 3),
        once=False,
    ),
    Directive(
        "catch_stderr",
        HTTP_SERVER_LOCATION,
        String(),
        "A text on standard error that makes an answer invalid.",
        once=False,
    ),
    Directive("keep_conn", HTTP_SERVER_LOCATION, Flag(), "Whether connections are kept open."),
    Directive(
        "send_lowat",
        HTTP_SERVER_LOCATION,
        size(ignored),
        "The low water mark of upstream sockets.",
        emulation=accepted("Linux has no such mark."),
    ),
    next_upstream_row(_ERRORS),
    use_stale_row(_ERRORS),
)

_DIRECTIVES = prefixed("fastcgi", _OWN, CONNECTION_ROWS, HEADER_ROWS, BODY_ROWS, CACHE_ROWS)

MODULE = Module(
    "fastcgi",
    _DIRECTIVES,
    prefix="fastcgi_",
    main=FastcgiCaches,
    location=FastcgiLocation,
    nest=store_or_cache,
    checks=(check_gateway("fastcgi"), check_late_values("fastcgi_param"), check_parameters("fastcgi")),
)
