"""Content handlers: what makes the answer of a location.

Their names are those of the directive table's `content_handler` column.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from ...config.directives.push_stream.settings import PUBLISHER, STATISTICS, SUBSCRIBER
from ..request import Request
from ..third_party import echo
from . import empty_gif, fastcgi, flv, grpc, memcached, proxy, push_stream, scgi, static, stub_status, uwsgi

Handler = Callable[[Request], Awaitable[int]]
"""Answers a request. Returns OK when the answer is out, DONE when it goes on, a status to finalize with, or DECLINED."""

HANDLERS: dict[str, Handler] = {
    "static": static.handle,
    "proxy": proxy.handle,
    "fastcgi": fastcgi.handle,
    "uwsgi": uwsgi.handle,
    "scgi": scgi.handle,
    "memcached": memcached.handle,
    "echo": echo.handle,
    "grpc": grpc.handle,
    "empty_gif": empty_gif.handle,
    "flv": flv.handle,
    "stub_status": stub_status.handle,
    PUBLISHER: push_stream.handle_publisher,
    SUBSCRIBER: push_stream.handle_subscriber,
    STATISTICS: push_stream.handle_statistics,
}
