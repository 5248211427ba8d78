"""The uwsgi module: requests for uWSGI servers."""

from __future__ import annotations

from typing import ClassVar

from ...columns import Arguments
from ...directive import Directive
from ...module import Module
from ...places import HTTP_SERVER_LOCATION
from ...slots import String, between, number
from ..http.hashes import check_parameters
from .cache import CACHE_ROWS, CachePaths, use_stale_row
from .checks import check_gateway, check_late_values
from .location import GatewayLocation, store_or_cache
from .rows import BODY_ROWS, CONNECTION_ROWS, HEADER_ROWS, TLS_ROWS, next_upstream_row, pass_row, prefixed
from .slots import LateValue, Parameter, Pass

_ERRORS = "error timeout invalid_header non_idempotent updating off http_500 http_503 http_403 http_404 http_429"


class UwsgiLocation(GatewayLocation, frozen=True):
    """What a location holds of the uwsgi module after inheritance."""

    hidden: ClassVar[frozenset[bytes]] = GatewayLocation.hidden - {b"date", b"server"}
    always_theirs: ClassVar[bool] = False

    param: tuple[Parameter, ...] = ()
    modifier1: int = 0
    modifier2: int = 0
    string: bytes = b""


class UwsgiCaches(CachePaths, frozen=True):
    """The caches of uwsgi_cache_path."""


_OWN = (
    pass_row(Pass({b"uwsgi": 0, b"suwsgi": 0}), "The uWSGI server requests are passed on to.", "uwsgi"),
    Directive("modifier1", HTTP_SERVER_LOCATION, number(between(0, 255)), "The first modifier of a packet."),
    Directive("modifier2", HTTP_SERVER_LOCATION, number(between(0, 255)), "The second modifier of a packet."),
    Directive(
        "param",
        HTTP_SERVER_LOCATION,
        LateValue(b"if_not_empty"),
        "A parameter of the request.",
        Arguments(2, 3),
        once=False,
    ),
    Directive("string", HTTP_SERVER_LOCATION, String(), "A text that is appended to the parameters."),
    next_upstream_row(_ERRORS),
    use_stale_row(_ERRORS),
)

_DIRECTIVES = prefixed("uwsgi", _OWN, CONNECTION_ROWS, HEADER_ROWS, BODY_ROWS, CACHE_ROWS, TLS_ROWS)

MODULE = Module(
    "uwsgi",
    _DIRECTIVES,
    prefix="uwsgi_",
    main=UwsgiCaches,
    location=UwsgiLocation,
    nest=store_or_cache,
    checks=(check_gateway("uwsgi"), check_late_values("uwsgi_param"), check_parameters("uwsgi")),
)
