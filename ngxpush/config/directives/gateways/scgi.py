"""The scgi module: requests for SCGI servers."""

from __future__ import annotations

from typing import ClassVar

from ...columns import Arguments
from ...directive import Directive
from ...module import Module
from ...places import HTTP_SERVER_LOCATION
from ..http.hashes import check_parameters
from .cache import CACHE_ROWS, CachePaths, use_stale_row
from .checks import check_gateway, check_late_values
from .location import GatewayLocation, store_or_cache
from .rows import BODY_ROWS, CONNECTION_ROWS, HEADER_ROWS, next_upstream_row, pass_row, prefixed
from .slots import LateValue, Parameter, Pass

_ERRORS = "error timeout invalid_header non_idempotent updating off http_500 http_503 http_403 http_404 http_429"


class ScgiLocation(GatewayLocation, frozen=True):
    """What a location holds of the scgi module after inheritance."""

    hidden: ClassVar[frozenset[bytes]] = GatewayLocation.hidden - {b"date", b"server"} | {b"status"}
    always_theirs: ClassVar[bool] = False

    param: tuple[Parameter, ...] = ()


class ScgiCaches(CachePaths, frozen=True):
    """The caches of scgi_cache_path."""


_OWN = (
    pass_row(Pass({}), "The SCGI server requests are passed on to.", "scgi"),
    Directive(
        "param", HTTP_SERVER_LOCATION, LateValue(b"if_not_empty"), "A parameter of the request.", Arguments(2, 3), once=False
    ),
    next_upstream_row(_ERRORS),
    use_stale_row(_ERRORS),
)

_DIRECTIVES = prefixed("scgi", _OWN, CONNECTION_ROWS, HEADER_ROWS, BODY_ROWS, CACHE_ROWS)

MODULE = Module(
    "scgi",
    _DIRECTIVES,
    prefix="scgi_",
    main=ScgiCaches,
    location=ScgiLocation,
    nest=store_or_cache,
    checks=(check_gateway("scgi"), check_late_values("scgi_param"), check_parameters("scgi")),
)
