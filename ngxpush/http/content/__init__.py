"""Content handlers: what makes the answer of a location.

Their names are those of the directive table's `content_handler` column.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Coroutine
from importlib import import_module
from typing import Any

from ...config.directives.push_stream.settings import PUBLISHER, STATISTICS, SUBSCRIBER
from ..request import Request
from ..third_party import echo
from . import empty_gif, flv, proxy, push_stream, static, stub_status

Handler = Callable[[Request], Coroutine[Any, Any, int]]
"""Answers a request. Returns OK when the answer is out, DONE when it goes on, a status to finalize with, or DECLINED."""

HANDLERS: dict[str, Handler] = {
    "static": static.handle,
    "proxy": proxy.handle,
    "echo": echo.handle,
    "empty_gif": empty_gif.handle,
    "flv": flv.handle,
    "stub_status": stub_status.handle,
    PUBLISHER: push_stream.handle_publisher,
    SUBSCRIBER: push_stream.handle_subscriber,
    STATISTICS: push_stream.handle_statistics,
}

CANNOT_WAIT: dict[str, Callable[[Request], bool]] = {
    PUBLISHER: push_stream.publishes_at_once,
    SUBSCRIBER: push_stream.subscribes_at_once,
}
"""For some of them: whether nothing makes the handler wait with this request. Its coroutine then ends without a stop."""

# Each brings a codec of its own, and few configurations need one.
_LOADED_WHEN_NEEDED = ("fastcgi", "uwsgi", "scgi", "memcached", "grpc")


def load_handlers(names: Collection[str | None]) -> None:
    """Load those of these handlers that are not there from the beginning."""
    for name in _LOADED_WHEN_NEEDED:
        if name in names and name not in HANDLERS:
            HANDLERS[name] = import_module(f".{name}", __name__).handle
