"""ngxpush.testing.fork_server: the process that starts servers, and how all of them end."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from ngxpush.testing.fork_server import CannotFork, ForkServer
from tests.testing.configuration import configuration

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes that are not this one's children: pidfd and /proc")

ROOT = Path(__file__).parents[2]

_DIES = f"""
import os, signal
from ngxpush.testing import serve
server = serve({configuration()!r}).__enter__()
server.publish("news", "hello")
import httpx
print(httpx.get(server.url + "/pid", trust_env=False).text, flush=True)
"""


def _ended(pid: int) -> bool:
    """Whether a process ends within a minute."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    with os.fdopen(descriptor):
        return bool(select.select([descriptor], [], [], 60)[0])


def test_nothing_is_left_of_tests_that_are_killed() -> None:
    """The servers of a test run see that it is gone."""
    for end in ("os._exit(0)", "os.kill(os.getpid(), signal.SIGKILL)"):
        done = subprocess.run([sys.executable, "-c", _DIES + end], cwd=ROOT, capture_output=True, text=True, check=False)
        assert _ended(int(done.stdout)), done.stderr


def test_a_process_that_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "false")
    ours, theirs = socket.socketpair()
    with ours, theirs, pytest.raises(CannotFork, match="its last words are on standard error"):
        ForkServer().fork(theirs, 2)


def test_another_one_comes_in_place_of_one_that_is_killed() -> None:
    server, (ours, theirs) = ForkServer(), socket.socketpair()
    with ours, theirs, open(os.devnull, "ab") as log:
        first = server.fork(theirs, log.fileno())
        parent = int(Path(f"/proc/{first}/stat").read_text().rsplit(")", 1)[1].split()[1])
        os.kill(parent, signal.SIGKILL)
        assert _ended(parent)
        assert server.fork(theirs, log.fileno()) != first
