"""The scgi module: requests for SCGI servers."""

from __future__ import annotations

from ...columns import Arguments, unsupported
from ...directive import Directive
from ...module import Module
from ...places import HTTP_SERVER_LOCATION
from ..http.hashes import check_parameters
from .cache import cache_rows
from .checks import check_gateway, check_late_values
from .rows import body_rows, connection_rows, header_rows, pass_row
from .slots import LateValue, Pass

_NOT_HERE = unsupported("SCGI servers are not spoken to: the location answers 502.")
_ERRORS = "error timeout invalid_header non_idempotent updating off http_500 http_503 http_403 http_404 http_429"

_DIRECTIVES = (
    pass_row("scgi", Pass({}), "The SCGI server requests are passed on to."),
    Directive(
        "scgi_param", HTTP_SERVER_LOCATION, LateValue(b"if_not_empty"), "A parameter for the server.", Arguments(2, 3), once=False
    ),
    *connection_rows("scgi", _ERRORS),
    *header_rows("scgi"),
    *body_rows("scgi"),
    *cache_rows("scgi", _ERRORS),
)

MODULE = Module(
    "scgi",
    _DIRECTIVES,
    checks=(check_gateway("scgi"), check_late_values("scgi_param"), check_parameters("scgi")),
    emulation=_NOT_HERE,
)
