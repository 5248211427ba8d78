"""The fastcgi module: requests for FastCGI servers such as PHP's."""

from __future__ import annotations

from dataclasses import dataclass

from ...columns import Arguments, accepted, unsupported
from ...directive import Directive
from ...module import Module
from ...pattern import Pattern
from ...places import HTTP_SERVER_LOCATION
from ...slots import Flag, String, ignored, size
from ..http.hashes import check_parameters
from .cache import CACHE_ROWS, use_stale_row
from .checks import check_gateway, check_late_values
from .rows import BODY_ROWS, CONNECTION_ROWS, HEADER_ROWS, next_upstream_row, pass_row, prefixed
from .slots import LateValue, Pass, SplitPathInfo

_NOT_HERE = unsupported("ngxpush does not speak FastCGI: the location answers 502.")
_FOR_VARIABLES = accepted("It changes $fastcgi_script_name and $fastcgi_path_info.")
_ERRORS = "error timeout invalid_header non_idempotent updating off http_500 http_503 http_403 http_404 http_429"


@dataclass(frozen=True, slots=True)
class FastcgiLocation:
    """What a location holds for $fastcgi_script_name and $fastcgi_path_info."""

    index: bytes = b""
    split_path_info: Pattern | None = None


_OWN = (
    pass_row(Pass({}), "The FastCGI server requests are passed on to."),
    Directive(
        "index",
        HTTP_SERVER_LOCATION,
        String(),
        "The file name that is appended to a URI that ends in a slash.",
        emulation=_FOR_VARIABLES,
    ),
    Directive(
        "split_path_info",
        HTTP_SERVER_LOCATION,
        SplitPathInfo(),
        "The pattern that splits a URI into script name and path.",
        once=False,
        emulation=_FOR_VARIABLES,
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
    Directive("send_lowat", HTTP_SERVER_LOCATION, size(ignored), "The low water mark of upstream sockets."),
    next_upstream_row(_ERRORS),
    use_stale_row(_ERRORS),
)

_DIRECTIVES = prefixed("fastcgi", _OWN, CONNECTION_ROWS, HEADER_ROWS, BODY_ROWS, CACHE_ROWS)

MODULE = Module(
    "fastcgi",
    _DIRECTIVES,
    prefix="fastcgi_",
    location=FastcgiLocation,
    checks=(check_gateway("fastcgi"), check_late_values("fastcgi_param"), check_parameters("fastcgi")),
    emulation=_NOT_HERE,
)
