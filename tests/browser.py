"""A real browser: headless Chromium."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

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
