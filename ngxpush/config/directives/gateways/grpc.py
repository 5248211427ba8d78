"""The grpc module: requests for gRPC servers."""

from __future__ import annotations

from typing import ClassVar

from ...columns import Arguments
from ...directive import Directive
from ...module import Module
from ...places import HTTP_SERVER_LOCATION
from ..http.hashes import check_headers
from .checks import check_gateway, check_late_values
from .location import GatewayLocation
from .rows import CONNECTION_ROWS, HEADER_ROWS, TLS_ROWS, next_upstream_row, pass_row, prefixed
from .slots import LateValue, Parameter, Pass

_ERRORS = "error timeout invalid_header non_idempotent off http_500 http_502 http_503 http_504 http_403 http_404 http_429"


class GrpcLocation(GatewayLocation, frozen=True):
    """What a location holds of the grpc module after inheritance. Answers are always passed on as they come."""

    always_theirs: ClassVar[bool] = False
    changes_buffering: ClassVar[bool] = False
    alpn: ClassVar[tuple[bytes, ...]] = (b"h2",)

    buffering: bool = False
    set_header: tuple[Parameter, ...] = ()


_OWN = (
    pass_row(Pass({b"grpc": 0, b"grpcs": 0}), "The gRPC server requests are passed on to.", "grpc"),
    Directive(
        "set_header",
        HTTP_SERVER_LOCATION,
        LateValue(),
        "A header of the request to the upstream; an empty value removes it.",
        Arguments(2, 2),
        once=False,
    ),
    next_upstream_row(_ERRORS),
)

_DIRECTIVES = prefixed("grpc", _OWN, CONNECTION_ROWS, HEADER_ROWS, TLS_ROWS)

_CHECKS = (check_gateway("grpc", buffers=False), check_late_values("grpc_set_header"), check_headers("grpc"))

MODULE = Module("grpc", _DIRECTIVES, prefix="grpc_", location=GrpcLocation, checks=_CHECKS)
