"""A real browser: headless Chromium."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from websockets.sync.client import connect

from tests.patience import PATIENCE

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


# It has an empty profile, and looks up nothing of its own.
_OPTIONS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
)  # fmt: skip


@contextlib.contextmanager
def page(url: str, directory: Path, *options: str) -> Iterator[None]:
    """The page `url` open in a browser with an empty profile, which looks up nothing of its own."""
    assert CHROMIUM is not None
    with _browser(url, directory, subprocess.DEVNULL, "--remote-debugging-port=0", *options):
        yield


@contextlib.contextmanager
def looking(url: str, directory: Path, seconds: int) -> Iterator[subprocess.Popen[bytes]]:
    """A browser that looks at a page for so long, prints what has become of the document, and ends."""
    with _browser(url, directory, subprocess.PIPE, "--dump-dom", f"--timeout={1000 * seconds}") as process:
        yield process


@contextlib.contextmanager
def _browser(url: str, directory: Path, stdout: int, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    assert CHROMIUM is not None
    process = subprocess.Popen(
        [CHROMIUM, *_OPTIONS, f"--user-data-dir={directory / 'profile'}", *options, url],
        stdin=subprocess.DEVNULL, stdout=stdout, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_for(directory: Path, script: str) -> Any:
    """Run a script in the `page` of that directory, again and again, until its value is true. Returns that."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError, StopIteration, IndexError):  # the browser is not that far
            port = (directory / "profile" / "DevToolsActivePort").read_text().split()[0]
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list") as answer:
                address = next(each["webSocketDebuggerUrl"] for each in json.load(answer) if each["type"] == "page")
            with connect(address) as tools:
                while time.monotonic() < deadline:
                    question = {"id": 1, "method": "Runtime.evaluate", "params": {"expression": script, "returnByValue": True}}
                    tools.send(json.dumps(question))
                    # There is no result while the page is being replaced by the one to open.
                    value = json.loads(tools.recv(PATIENCE)).get("result", {}).get("result", {}).get("value")
                    if value:
                        return value
                    time.sleep(0.05)
        time.sleep(0.05)
    raise AssertionError(f"it did not become true: {script}")
