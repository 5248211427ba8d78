"""The uwsgi module: requests for uWSGI servers."""

from __future__ import annotations

from ..slots import String, between, number
from .cache import cache_rows
from .gateway import body_rows, check_gateway, check_late_values, connection_rows, header_rows, pass_row, row_maker, ssl_rows
from .gateway_slots import LateValue, Pass
from .hashes import check_parameters
from .table import Arguments, Module, unsupported

_NOT_HERE = unsupported("uWSGI servers are not spoken to: the location answers 502.")
_row = row_maker("uwsgi", None, _NOT_HERE)
_ERRORS = "error timeout invalid_header non_idempotent updating off http_500 http_503 http_403 http_404 http_429"

_DIRECTIVES = (
    pass_row(_row, Pass({b"uwsgi": 0, b"suwsgi": 0}), "The uWSGI server requests are passed on to."),
    _row("modifier1", number(between(0, 255)), "The first modifier of the packet."),
    _row("modifier2", number(between(0, 255)), "The second modifier of the packet."),
    _row("param", LateValue(b"if_not_empty"), "A parameter for the server.", Arguments(2, 3), once=False),
    _row("string", String(), "A text appended to the parameters."),
    *connection_rows(_row, _ERRORS),
    *header_rows(_row),
    *body_rows("uwsgi", _row),
    *cache_rows("uwsgi", _ERRORS),
    *ssl_rows(_row),
)

MODULES = (
    Module("uwsgi", _DIRECTIVES, checks=(check_gateway("uwsgi"), check_late_values("uwsgi_param"), check_parameters("uwsgi"))),
)
