"""A real browser, headless Chromium, opens pages that use each transport, and the console."""

from __future__ import annotations

import contextlib
import subprocess
from pathlib import Path

import pytest

from tests.browser import CHROMIUM, page, wait_for
from tests.clients import get, publish, subscription, wait_for_subscribers
from tests.running import NGXPUSH, ngxpush_run

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


@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (make debian-packages)")
def test_the_page_of_the_starter_works_with_every_transport(tmp_path: Path) -> None:
    """What its form publishes appears in it, by the transport that is chosen; it says when the server is gone."""
    starter = tmp_path / "starter"
    subprocess.run([NGXPUSH, "init", starter], check=True, stdout=subprocess.DEVNULL)
    with contextlib.ExitStack() as server:
        ports = server.enter_context(ngxpush_run(next(starter.glob("*.conf")), tmp_path, "--prefix", str(starter)))
        port = ports[8080]
        with page(f"http://127.0.0.1:{port}/", tmp_path):
            wait_for(tmp_path, "globalThis.subscription !== undefined && document.readyState === 'complete'")
            for transport in ("eventsource", "websocket", "streaming", "long-polling", "polling"):
                _try_transport(tmp_path, port, transport)
            _publish_to_two_channels(tmp_path)
            errors = "performance.getEntriesByType('resource').filter((each) => each.responseStatus >= 400).length"
            wait_for(tmp_path, f"{errors} === 0")
            assert get(port, "/favicon.ico").status == 204
            server.close()
            wait_for(tmp_path, "state.dataset.state === 'closed'")


def _publish_to_two_channels(directory: Path) -> None:
    choose = (
        "subscription.elements.channel.value = 'a/b'; publication.elements.text.value = 'a'; publication.requestSubmit(); true"
    )
    wait_for(directory, choose)
    wait_for(directory, "document.getElementById('published').textContent === 'Reached 0 subscribers.'")


def _try_transport(directory: Path, port: int, transport: str) -> None:
    """Choose a transport in the page of the starter, and publish in it."""
    choose = f"subscription.elements.transport.value = '{transport}'; subscription.dispatchEvent(new Event('change'))"
    wait_for(directory, f"{choose}; state.dataset.state === 'connecting' || state.dataset.state === 'open'")
    wait_for(directory, "state.dataset.state === 'open'")
    # A page that polls is no subscriber, and the one before has gone when its successor alone is there.
    wait_for_subscribers(port, "/pub?id=news", 0 if transport == "polling" else 1)
    text = f"<b>grüße</b> by {transport}"
    wait_for(directory, f"publication.elements.text.value = '{text}'; publication.requestSubmit(); true")
    wait_for(directory, f"document.querySelector('#messages div:last-child')?.textContent === '{text}'")
    wait_for(directory, "document.getElementById('published').textContent.startsWith('Reached ')")
