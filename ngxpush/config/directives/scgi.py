"""The scgi module: requests for SCGI servers."""

from __future__ import annotations

from .cache import cache_rows
from .gateway import body_rows, check_gateway, check_late_values, connection_rows, header_rows, pass_row, row_maker
from .gateway_slots import LateValue, Pass
from .hashes import check_parameters
from .table import Arguments, Module, unsupported

_NOT_HERE = unsupported("SCGI servers are not spoken to: the location answers 502.")
_row = row_maker("scgi", None, _NOT_HERE)
_ERRORS = "error timeout invalid_header non_idempotent updating off http_500 http_503 http_403 http_404 http_429"

_DIRECTIVES = (
    pass_row(_row, Pass({}), "The SCGI server requests are passed on to."),
    _row("param", LateValue(b"if_not_empty"), "A parameter for the server.", Arguments(2, 3), once=False),
    *connection_rows(_row, _ERRORS),
    *header_rows(_row),
    *body_rows("scgi", _row),
    *cache_rows("scgi", _ERRORS),
)

MODULES = (
    Module("scgi", _DIRECTIVES, checks=(check_gateway("scgi"), check_late_values("scgi_param"), check_parameters("scgi"))),
)
