"""The other servers ngxpush does not speak to (fastcgi, uwsgi, scgi, grpc, memcached): they count as down."""

from __future__ import annotations

from ..request import Request

_BAD_GATEWAY = 502


async def handle(request: Request) -> int:
    """Answer as nginx does when no one listens at the other end."""
    return _BAD_GATEWAY
