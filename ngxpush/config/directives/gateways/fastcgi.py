"""The fastcgi module: requests for FastCGI servers such as PHP's."""

from __future__ import annotations

from ...columns import Arguments, unsupported
from ...directive import Directive
from ...module import Module
from ...places import HTTP_SERVER_LOCATION
from ...slots import Flag, String, ignored, size
from ..http.hashes import check_parameters
from .cache import cache_rows
from .checks import check_gateway, check_late_values
from .rows import body_rows, connection_rows, header_rows, pass_row
from .slots import LateValue, Pass, SplitPathInfo

_NOT_HERE = unsupported("FastCGI servers are not spoken to: the location answers 502.")
_ERRORS = "error timeout invalid_header non_idempotent updating off http_500 http_503 http_403 http_404 http_429"

_DIRECTIVES = (
    pass_row("fastcgi", Pass({}), "The FastCGI server requests are passed on to."),
    Directive("fastcgi_index", HTTP_SERVER_LOCATION, String(), "The file name appended to a URI that ends in a slash."),
    Directive(
        "fastcgi_split_path_info", HTTP_SERVER_LOCATION, SplitPathInfo(), "How a URI is split into script and path.", once=False
    ),
    Directive(
        "fastcgi_param",
        HTTP_SERVER_LOCATION,
        LateValue(b"if_not_empty"),
        "A parameter for the server.",
        Arguments(2, 3),
        once=False,
    ),
    Directive(
        "fastcgi_catch_stderr",
        HTTP_SERVER_LOCATION,
        String(),
        "A text on standard error that makes an answer invalid.",
        once=False,
    ),
    Directive("fastcgi_keep_conn", HTTP_SERVER_LOCATION, Flag(), "Whether connections are kept open."),
    Directive("fastcgi_send_lowat", HTTP_SERVER_LOCATION, size(ignored), "How much must fit into the server's socket."),
    *connection_rows("fastcgi", _ERRORS),
    *header_rows("fastcgi"),
    *body_rows("fastcgi"),
    *cache_rows("fastcgi", _ERRORS),
)

MODULE = Module(
    "fastcgi",
    _DIRECTIVES,
    checks=(check_gateway("fastcgi"), check_late_values("fastcgi_param"), check_parameters("fastcgi")),
    emulation=_NOT_HERE,
)
