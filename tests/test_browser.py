"""A real browser's EventSource, websocket and forever iframe: headless Chromium opens a page that uses all three."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from tests.browser import CHROMIUM, looking, page
from tests.clients import publish, subscription, wait_for_subscribers
from tests.running import free_port, ngxpush_run

_CONF = Path(__file__).parents[1] / "fixtures" / "nginx_confs" / "three-transports.conf"


@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (make debian-packages)")
def test_browser_receives_by_every_transport(tmp_path: Path) -> None:
    with ngxpush_run(_CONF, tmp_path) as ports:
        port = ports[8080]
        with subscription(port, "/sub/received") as received, page(f"http://127.0.0.1:{port}/", tmp_path):
            wait_for_subscribers(port, "/pub?id=news", 3, seconds=60)
            publish(port, "/pub?id=news", "grüße".encode())
            lines = {received.line().decode() for _ in range(3)}
            assert lines == {"eventsource: grüße", "websocket: grüße", "iframe: grüße"}
        # The browser is gone: so are its subscribers.
        wait_for_subscribers(port, "/pub?id=news", 0)


@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (make debian-packages)")
def test_the_console_is_live(tmp_path: Path) -> None:
    """A message appears in a page that is open."""
    console = free_port()
    with ngxpush_run(_CONF, tmp_path, "--console", str(console)) as ports:
        port = ports[8080]
        with looking(f"http://127.0.0.1:{console}/channel?id=news", tmp_path, seconds=4) as browser:
            while browser.poll() is None:
                publish(port, "/pub?id=news", "<b>grüße</b>".encode())
                time.sleep(0.1)
            assert browser.stdout is not None
            shown = browser.stdout.read().decode()
    passing = shown.partition('data-feed="passing"')[2].partition("</section>")[0]
    assert "<pre>&lt;b&gt;grüße&lt;/b&gt;</pre>" in passing
    assert re.search(r"data-connection[^>]*>live<", shown)
