"""A real browser's EventSource, websocket and forever iframe: headless Chromium opens a page that uses all three."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser import CHROMIUM, page
from tests.clients import publish, subscription, wait_for_subscribers
from tests.running import ngxpush_run

_CONF = Path(__file__).parents[1] / "fixtures" / "nginx_confs" / "three-transports.conf"


@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (make debian-packages)")
def test_browser_receives_by_every_transport(tmp_path: Path) -> None:
    with ngxpush_run(_CONF, tmp_path) as ports:
        port = ports[8080]
        with subscription(port, "/sub/received") as received, page(f"http://127.0.0.1:{port}/", tmp_path):
            wait_for_subscribers(port, "/pub?id=news", 3)
            publish(port, "/pub?id=news", "grüße".encode())
            lines = {received.line().decode() for _ in range(3)}
            assert lines == {"eventsource: grüße", "websocket: grüße", "iframe: grüße"}
        # The browser is gone: so are its subscribers.
        wait_for_subscribers(port, "/pub?id=news", 0)
