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

from websockets.sync.client import ClientConnection, connect

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


class Tools:
    """Chrome's DevTools protocol, for one page. complaints: what scripts raised, and what the browser logs as an error."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._asked = 0
        self.complaints: list[str] = []
        for domain in ("Runtime", "Log", "Page"):
            self.command(f"{domain}.enable")

    def open(self, url: str) -> None:
        """Open another page in its place."""
        self.command("Page.navigate", url=url)
        assert self.wait_for("document.readyState === 'complete'", time.monotonic() + PATIENCE)

    def command(self, method: str, **parameters: Any) -> Any:
        """Have the page do something. Returns the result; there is none while the page is being replaced by another one."""
        self._asked += 1
        self._connection.send(json.dumps({"id": self._asked, "method": method, "params": parameters}))
        while True:
            answer = json.loads(self._connection.recv(PATIENCE))
            if answer.get("id") == self._asked:
                return answer.get("result", {})
            self._note(answer.get("method"), answer.get("params", {}))

    def _note(self, method: str | None, event: Any) -> None:
        if method == "Runtime.exceptionThrown":
            self.complaints.append(json.dumps(event["exceptionDetails"]))
        elif method == "Log.entryAdded" and event["entry"]["level"] == "error":
            self.complaints.append(json.dumps(event["entry"]))

    def wait_for(self, script: str, deadline: float) -> Any:
        """Run a script again and again, until its value is true. Returns that, or what is not true when the time is over."""
        while True:
            answer = self.command("Runtime.evaluate", expression=script, returnByValue=True)
            value = answer.get("result", {}).get("value")
            if value or time.monotonic() > deadline:
                return value
            time.sleep(0.05)


@contextlib.contextmanager
def tools(directory: Path) -> Iterator[Tools]:
    """The tools of the `page` of that directory, as soon as there is one."""
    deadline = time.monotonic() + PATIENCE
    while (address := _address(directory)) is None:
        assert time.monotonic() < deadline, "no page is open"
        time.sleep(0.05)
    with connect(address, max_size=None) as connection:
        yield Tools(connection)


def _address(directory: Path) -> str | None:
    with contextlib.suppress(OSError, StopIteration, IndexError):  # there may be no file yet, or an empty one
        port = (directory / "profile" / "DevToolsActivePort").read_text().split()[0]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list") as answer:
            return next(str(each["webSocketDebuggerUrl"]) for each in json.load(answer) if each["type"] == "page")
    return None


def wait_for(directory: Path, script: str, seconds: float = PATIENCE) -> Any:
    """Run a script in the `page` of that directory, again and again, until its value is true. Returns that."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), tools(directory) as page:
            value = page.wait_for(script, deadline)
            if value:
                return value
    raise AssertionError(f"it did not become true: {script}")
