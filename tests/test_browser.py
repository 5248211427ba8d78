"""A real browser's EventSource, websocket and forever iframe: headless Chromium opens a page that uses all three."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients import publish, subscription, wait_for_subscribers
from tests.running import ngxpush_run

_CONF = Path(__file__).parents[1] / "fixtures" / "nginx_confs" / "three-transports.conf"
_CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@contextlib.contextmanager
def _page(url: str, directory: Path) -> Iterator[None]:
    """The page `url` open in a headless browser with an empty profile, which looks up nothing of its own."""
    assert _CHROMIUM is not None
    process = subprocess.Popen(
        [
            _CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
            "--remote-debugging-port=0", f"--user-data-dir={directory / 'profile'}", url,
        ],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.mark.skipif(_CHROMIUM is None, reason="needs Chromium (make debian-packages)")
def test_browser_receives_by_every_transport(tmp_path: Path) -> None:
    with ngxpush_run(_CONF, tmp_path) as ports:
        port = ports[8080]
        with subscription(port, "/sub/received") as received, _page(f"http://127.0.0.1:{port}/", tmp_path):
            wait_for_subscribers(port, "/pub?id=news", 3, seconds=60)
            publish(port, "/pub?id=news", "grüße".encode())
            lines = {received.line().decode() for _ in range(3)}
            assert lines == {"eventsource: grüße", "websocket: grüße", "iframe: grüße"}
        # The browser is gone: so are its subscribers.
        wait_for_subscribers(port, "/pub?id=news", 0)
