"""A server whose terminal is closed: it ends, unless it was started not to."""

from __future__ import annotations

import contextlib
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.clients import get
from tests.patience import PATIENCE, wait_until
from tests.running import NGXPUSH, end, free_port, wait_for_port

# Makes standard input the terminal of this process, and becomes another program.
_IN_A_TERMINAL = "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execvp(sys.argv[1], sys.argv[1:])"


@contextlib.contextmanager
def _in_a_terminal(directory: Path, *before: str) -> Iterator[tuple[subprocess.Popen[bytes], int, int]]:
    """`ngxpush run`, after other words, in a terminal of its own: the process, the terminal's other end, and the port."""
    port, (ours, terminal) = free_port(), pty.openpty()
    conf = directory / "nginx.conf"
    conf.write_text(f"events {{}} http {{ server {{ listen 127.0.0.1:{port}; location / {{ return 200 one; }} }} }}")
    words = [*before, str(NGXPUSH), "run", "--no-console", str(conf)]
    with (directory / "output").open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", _IN_A_TERMINAL, *words],
            stdin=terminal, stdout=output, stderr=output, start_new_session=True,
        )  # fmt: skip
    os.close(terminal)
    try:
        wait_for_port(port, process)
        get(port, "/")  # it hears signals
        yield process, ours, port
    finally:
        end(process)


def _reload(directory: Path, process: subprocess.Popen[bytes]) -> None:
    said = (directory / "output").read_text()
    process.send_signal(signal.SIGHUP)
    wait_until(lambda: "ngxpush: reloaded" in (directory / "output").read_text().removeprefix(said))


def test_it_ends_with_its_terminal(tmp_path: Path) -> None:
    with _in_a_terminal(tmp_path) as (process, ours, _):
        _reload(tmp_path, process)
        os.close(ours)
        assert process.wait(PATIENCE) == 0
    assert "ngxpush: stopped: " in (tmp_path / "output").read_text()


def test_nohup_keeps_it(tmp_path: Path) -> None:
    with _in_a_terminal(tmp_path, "nohup") as (process, ours, port):
        os.close(ours)
        _reload(tmp_path, process)
        assert get(port, "/").body == b"one"
