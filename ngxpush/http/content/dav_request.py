"""What a request of dav asks for, beside its method."""

from __future__ import annotations

import enum

from ..documents import map_uri_to_path
from ..request import Request
from ..status import INTERNAL_SERVER_ERROR, UNSUPPORTED_MEDIA_TYPE
from .dav_errors import RefusedChange


class Depth(enum.Enum):
    """The Depth header of a request."""

    ZERO = enum.auto()
    ONE = enum.auto()
    INFINITY = enum.auto()
    INVALID = enum.auto()


_DEPTHS = {b"0": Depth.ZERO, b"1": Depth.ONE, b"infinity": Depth.INFINITY}


def depth_of(request: Request) -> Depth:
    """What the header says; INFINITY without one. What can't be understood is logged."""
    header = request.input.headers.get(b"depth")
    if header is None:
        return Depth.INFINITY
    depth = _DEPTHS.get(header)
    if depth is None:
        request.connection.log("error", b'client sent invalid "Depth" header: "%b"' % header, request)
    return depth or Depth.INVALID


def refuse_body(request: Request, message: bytes) -> None:
    """Refuse a request that has a body. message: for the log. Raises RefusedChange."""
    if request.input.has_body:
        raise RefusedChange(UNSUPPORTED_MEDIA_TYPE, message)


def path_of(request: Request) -> bytes:
    """The path of the URI. Raises RefusedChange."""
    path = map_uri_to_path(request)
    if path is None:
        raise RefusedChange(INTERNAL_SERVER_ERROR)
    return path
