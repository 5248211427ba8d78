"""The grpc module: requests for gRPC servers."""

from __future__ import annotations

from .gateway import check_gateway, check_late_values, connection_rows, header_rows, pass_row, row_maker, ssl_rows
from .gateway_slots import LateValue, Pass
from .hashes import check_headers
from .table import Arguments, Module, unsupported

_NOT_HERE = unsupported("gRPC servers are not spoken to: the location answers 502.")
_row = row_maker("grpc", None, _NOT_HERE)
_ERRORS = "error timeout invalid_header non_idempotent off http_500 http_502 http_503 http_504 http_403 http_404 http_429"

_DIRECTIVES = (
    pass_row(_row, Pass({b"grpc": 0, b"grpcs": 0}), "The gRPC server requests are passed on to."),
    _row("set_header", LateValue(), "A header of the request to the server.", Arguments(2, 2), once=False),
    *connection_rows(_row, _ERRORS),
    *header_rows(_row),
    *ssl_rows(_row),
)

_CHECKS = (check_gateway("grpc", buffers=False), check_late_values("grpc_set_header"), check_headers("grpc"))

MODULES = (Module("grpc", _DIRECTIVES, checks=_CHECKS),)
