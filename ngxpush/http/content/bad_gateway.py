"""Servers whose protocol ngxpush does not speak (fastcgi, uwsgi, scgi, grpc, memcached): they count as down."""

from __future__ import annotations

from ..request import Request
from ..status import BAD_GATEWAY


async def handle(request: Request) -> int:
    """Answer as nginx does when the server refuses connections."""
    return BAD_GATEWAY
