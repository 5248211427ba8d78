"""The fastcgi module: requests for FastCGI servers such as PHP's."""

from __future__ import annotations

from ..slots import Flag, String, ignored, size
from .cache import cache_rows
from .gateway import body_rows, check_gateway, check_late_values, connection_rows, header_rows, pass_row, row_maker
from .gateway_slots import LateValue, Pass, SplitPathInfo
from .hashes import check_parameters
from .table import Arguments, Module, unsupported

_NOT_HERE = unsupported("FastCGI servers are not spoken to: the location answers 502.")
_row = row_maker("fastcgi", None, _NOT_HERE)
_ERRORS = "error timeout invalid_header non_idempotent updating off http_500 http_503 http_403 http_404 http_429"

_DIRECTIVES = (
    pass_row(_row, Pass({}), "The FastCGI server requests are passed on to."),
    _row("index", String(), "The file name appended to a URI that ends in a slash."),
    _row("split_path_info", SplitPathInfo(), "How a URI is split into script and path.", once=False),
    _row("param", LateValue(b"if_not_empty"), "A parameter for the server.", Arguments(2, 3), once=False),
    _row("catch_stderr", String(), "A text on standard error that makes an answer invalid.", once=False),
    _row("keep_conn", Flag(), "Whether connections are kept open."),
    _row("send_lowat", size(ignored), "How much must fit into the server's socket."),
    *connection_rows(_row, _ERRORS),
    *header_rows(_row),
    *body_rows("fastcgi", _row),
    *cache_rows("fastcgi", _ERRORS),
)

MODULES = (
    Module(
        "fastcgi", _DIRECTIVES, checks=(check_gateway("fastcgi"), check_late_values("fastcgi_param"), check_parameters("fastcgi"))
    ),
)
