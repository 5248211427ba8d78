"""Starting the program as a user does, for the tests that need a running server.

Nothing of ngxpush is imported here: these tests know its command line and its sockets only.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import random
import re
import signal
import socket
import subprocess
import sysconfig
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.forked import Forked
from tests.patience import PATIENCE

# The console scripts of the environment that runs the tests, whatever PATH says.
NGXPUSH = Path(sysconfig.get_path("scripts")) / "ngxpush"
NGXPUSH_NGINX = NGXPUSH.with_name("ngxpush-nginx")

# Below the range from which the kernel takes the ports of outgoing connections: a port found free stays free.
# Tests that run side by side (pytest -n) take theirs from ranges of their own.
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 24
_PORTS = range(20000 + 500 * _WORKER, 20500 + 500 * _WORKER)
# A port that was given away may be free until its server has started: so all others come before it comes again.
_NEXT_PORTS = itertools.cycle(random.sample(_PORTS, len(_PORTS)))
_PORT = re.compile(r"127\.0\.0\.1:(\d+)")


def free_port() -> int:
    """A port on which no one listens, and another one each time. Five digits, like those of the recordings."""
    while True:
        port = next(_NEXT_PORTS)
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port


def wait_for_port(port: int, process: subprocess.Popen[bytes] | Forked | None = None) -> None:
    """Return once something accepts connections on `port`; RuntimeError when it doesn't, or when `process` ends first."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if process is not None and process.poll() is not None:
            raise RuntimeError(f"the server ended with code {process.returncode} before it listened")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=PATIENCE).close()
            return
        except OSError:
            time.sleep(0.01)
    raise RuntimeError(f"nothing listens on port {port} after {PATIENCE:.0f} s")


def end(process: subprocess.Popen[bytes] | Forked, number: int = signal.SIGTERM) -> int:
    """Send `process` a signal and wait for it; then kill what is left of its session. Its exit code."""
    if process.poll() is None:
        process.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    return process.wait()


def ngxpush_run(conf: Path, directory: Path, *options: str) -> contextlib.AbstractContextManager[dict[int, int]]:
    """`ngxpush run` on a copy of `conf` while the block lasts, with each of its ports moved to a free one.

    Yields {port in the file: port}. The copy and what the program prints (`output`) are in `directory`.
    """
    return _served(conf, directory, ["run", *options, conf.name])


def ngxpush_nginx(conf: Path, directory: Path) -> contextlib.AbstractContextManager[dict[int, int]]:
    """The same with the nginx command: with a master and its workers."""
    (directory / "logs").mkdir()
    # nginx's workers are another user's where root starts them.
    directory.chmod(0o755)
    directives = f"daemon off; pid {directory}/nginx.pid;"
    return _served(conf, directory, ["nginx", "-p", str(directory), "-c", str(directory / conf.name), "-g", directives])


@contextlib.contextmanager
def _served(conf: Path, directory: Path, arguments: list[str]) -> Iterator[dict[int, int]]:
    text = conf.read_text("utf-8")
    moved = {int(port): free_port() for port in sorted(set(_PORT.findall(text)))}
    copy = directory / conf.name
    copy.write_text(_PORT.sub(lambda match: f"127.0.0.1:{moved[int(match[1])]}", text), "utf-8")
    with serving(arguments, directory, moved.values()):
        yield moved


@contextlib.contextmanager
def serving(arguments: list[str], directory: Path, ports: Iterable[int]) -> Iterator[None]:
    """ngxpush with these arguments while the block lasts. It begins when all `ports` accept connections."""
    output = directory / "output"
    with output.open("wb") as stream:
        process = subprocess.Popen(
            [NGXPUSH, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            start_new_session=True,
            cwd=directory,
        )
        try:
            for port in ports:
                wait_for_port(port, process)
            yield
        except RuntimeError as error:
            raise RuntimeError(f"{error}:\n{output.read_text('utf-8', 'replace')}") from error
        finally:
            end(process)
