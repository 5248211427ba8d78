"""Pictures of the console's pages with live data, for the documentation. They are made again by

    python -m tests.console.pictures docs/pictures

A server serves fixtures/nginx_confs/quickstart.conf, and clients subscribe and publish while headless Chromium looks.
"""

from __future__ import annotations

import base64
import contextlib
import json
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from tests.browser import Tools, page, tools
from tests.clients import ask, get, publish, subscription
from tests.patience import PATIENCE
from tests.running import free_port, ngxpush_run

_CONF = Path(__file__).parents[2] / "fixtures" / "nginx_confs" / "quickstart.conf"
_WIDTH, _HEIGHT = 1280, 720

# For the plots: so long there are clients before the first picture.
_SECONDS = 40

_LIVE = "document.querySelector('[data-connection]')?.textContent === 'live'"
_OPEN_HERE = """
for (const each of document.querySelectorAll('[data-subscriber]')) {
  const details = each.closest('details');
  details.open = /^(eventsource|websocket)/.test(details.querySelector('summary').textContent);
  if (details.open) each.querySelector('button').click();
}
document.querySelector('details').open = false;
true"""
_REQUEST = """
const links = [...document.querySelectorAll('[data-feed=request] a')];
const line = links.find(each => each.textContent.startsWith('POST /pub?id=news'));
line?.click();
line !== undefined"""


def main(directory: Path) -> None:
    """Make all pictures."""
    directory.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        work, console = Path(name), free_port()
        with ngxpush_run(_CONF, work, "--console", str(console)) as ports, _clients(ports[8080]):
            url = f"http://127.0.0.1:{console}"
            with page(url + "/health", work), tools(work) as browser:
                browser.command(
                    "Emulation.setDeviceMetricsOverride", width=_WIDTH, height=_HEIGHT, deviceScaleFactor=1, mobile=False
                )
                time.sleep(_SECONDS)
                for target in ("", "channel?id=news", "requests", "configuration?block=LOCATION", "health"):
                    location = f"{work / _CONF.name}:{_line_of('location /pub')}"
                    _open(browser, f"{url}/{target.replace('LOCATION', location)}")
                    _take(browser, directory / f"console-{target.partition('?')[0] or 'channels'}.png")
                _open(browser, f"{url}/requests")
                _until(browser, _REQUEST)
                _until(browser, f"location.pathname === '/request' && {_LIVE}")
                _take(browser, directory / "console-request.png")


def _line_of(text: str) -> int:
    return next(number for number, line in enumerate(_CONF.read_text().splitlines(), 1) if text in line)


def _open(browser: Tools, url: str) -> None:
    browser.open(url)
    _until(browser, _LIVE)
    if "/channel?" in url:
        _until(browser, _OPEN_HERE)
    time.sleep(2.5)  # something happens meanwhile


def _until(browser: Tools, script: str) -> None:
    assert browser.wait_for(script, time.monotonic() + PATIENCE), f"it did not become true: {script}"


def _take(browser: Tools, path: Path) -> None:
    taken = browser.command("Page.captureScreenshot", format="png")
    path.write_bytes(base64.b64decode(taken["data"]))
    print(f"{path}: {path.stat().st_size // 1024} KiB")


@contextlib.contextmanager
def _clients(port: int) -> Iterator[None]:
    """Subscribers and publishers, until the block ends."""
    ended = threading.Event()
    with contextlib.ExitStack() as stack:
        for target in ("/sub/news", "/ev/news", "/ev/news", "/ev/prices", "/sub/prices", "/lp/orders"):
            stack.enter_context(subscription(port, target, User_Agent="a client"))
        publishing = threading.Thread(target=_publish, args=(port, ended))
        publishing.start()
        try:
            yield
        finally:
            ended.set()
            publishing.join()


def _publish(port: int, ended: threading.Event) -> None:
    """Publish again and again, and make some mistakes."""
    number = 0
    while not ended.wait(0.2):
        number += 1
        publish(port, "/pub?id=prices", json.dumps({"symbol": "NGX", "price": 100 + number % 7}).encode())
        if number % 3 == 0:
            publish(port, "/pub?id=news", f"news number {number // 3}".encode(), Event_Type="update")
        if number % 10 == 0:
            ask(port, "POST", "/pub?id=news", b"")
            ask(port, "DELETE", "/pub?id=nobody")
        if number % 25 == 0:
            publish(port, f"/pub?id=order-{number}", b"\x01\x02 shipped")
            get(port, "/channels-stats?id=ALL")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
