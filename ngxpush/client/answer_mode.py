"""How a location speaks, as its answer shows."""

from __future__ import annotations

from collections.abc import Mapping

from ..config.directives.push_stream.settings import SubscriberMode

EXPLAIN = "X-Nginx-PushStream-Explain"

_EVENT_STREAM = "text/event-stream"
_HANDSHAKE = "Sec-WebSocket"


def mode_of(status: int, headers: Mapping[str, str]) -> SubscriberMode | None:
    """The mode of a location that answers a plain GET so; None for what no subscriber location answers.

    Long-polling and polling locations answer alike: LONG_POLLING stands for both.
    headers: names in any case are found.
    """
    if status == 426 or (status == 400 and _HANDSHAKE in headers.get(EXPLAIN, "")):
        return SubscriberMode.WEBSOCKET
    if status == 304:
        return SubscriberMode.LONG_POLLING
    if status != 200:
        return None
    if headers.get("Content-Type", "").startswith(_EVENT_STREAM):
        return SubscriberMode.EVENTSOURCE
    if "Etag" in headers and "Last-Modified" in headers:
        # A file has both as well, and a length; its tag is quoted.
        is_file = headers["Etag"].strip("W/").startswith('"') and "Accept-Ranges" in headers
        return None if is_file else SubscriberMode.LONG_POLLING
    return None if "Content-Length" in headers else SubscriberMode.STREAMING


def is_polling(mode: SubscriberMode | None) -> bool:
    """Whether each answer of a mode ends, and the client asks again."""
    return mode in (SubscriberMode.LONG_POLLING, SubscriberMode.POLLING)
