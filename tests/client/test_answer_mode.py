"""How a location speaks, as its answer shows."""

from __future__ import annotations

import pytest

from ngxpush.client.answer_mode import EXPLAIN, mode_of
from ngxpush.config.directives.push_stream.settings import SubscriberMode

DATE = "Sun, 06 Nov 1994 08:49:37 GMT"


@pytest.mark.parametrize(
    ("status", "headers", "mode"),
    [
        (200, {"Content-Type": "text/event-stream; charset=utf-8"}, SubscriberMode.EVENTSOURCE),
        (200, {"Content-Type": "text/plain", "Transfer-Encoding": "chunked"}, SubscriberMode.STREAMING),
        (200, {"Last-Modified": DATE, "Etag": "W/2"}, SubscriberMode.LONG_POLLING),
        (200, {"Last-Modified": DATE, "Etag": '"a-1"', "Content-Length": "5", "Accept-Ranges": "bytes"}, None),
        (200, {"Content-Type": "text/html", "Content-Length": "5"}, None),
        (304, {}, SubscriberMode.LONG_POLLING),
        (400, {EXPLAIN: "Don't have at least one of the mandatory headers: … Sec-WebSocket-Key …"}, SubscriberMode.WEBSOCKET),
        (400, {EXPLAIN: "No channel id provided."}, None),
        (426, {}, SubscriberMode.WEBSOCKET),
        (403, {}, None),
    ],
)
def test_mode(status: int, headers: dict[str, str], mode: SubscriberMode | None) -> None:
    assert mode_of(status, headers) is mode
