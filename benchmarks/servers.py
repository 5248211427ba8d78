"""Servers that run while something is measured: their processes, processor time and memory. All listen on 127.0.0.1 only."""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import signal
import socket
import subprocess
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

# The console script of the environment that runs this.
NGXPUSH = str(Path(sysconfig.get_path("scripts")) / "ngxpush")

# Makes the command of a server from its directory and its port, after it has put there what the server reads.
Prepare = Callable[[Path, int], list[str]]


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: where it listens, the process that was started, and the directory of its files."""

    port: int
    pid: int
    directory: Path

    def cpu_seconds(self) -> float:
        """Processor time used so far by all threads of the process and of its children that live."""
        return sum(_cpu_seconds(pid) for pid in process_tree(self.pid))

    def memory(self) -> int:
        """Bytes that the process and its children have in memory; what they share is counted once (PSS)."""
        return sum(_proportional_bytes(pid) for pid in process_tree(self.pid))


def process_tree(pid: int) -> list[int]:
    """`pid` and its living descendants."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except FileNotFoundError:
        return []
    return [pid, *(descendant for child in children for descendant in process_tree(int(child)))]


def _cpu_seconds(pid: int) -> float:
    # In nanoseconds, where the ticks of /proc/PID/stat have hundredths of a second.
    return sum(int(thread.read_text().split()[0]) for thread in Path(f"/proc/{pid}/task").glob("*/schedstat")) / 1e9


def _proportional_bytes(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def allow_many_connections() -> None:
    """Raise this process's limit of open files; what it starts inherits it."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65_536) if hard > 0 else 65_536, hard))


def nginx(conf: str, binary: str = NGXPUSH) -> Prepare:
    """nginx's command line in the foreground. conf: the configuration, with PORT for the port. binary: nginx or ngxpush."""

    def prepare(directory: Path, port: int) -> list[str]:
        return [*nginx_command(directory, port, conf, binary), "-g", "daemon off;"]

    return prepare


def nginx_command(directory: Path, port: int, conf: str, binary: str) -> list[str]:
    """Write the configuration into the directory; the command that reads it."""
    (directory / "logs").mkdir(exist_ok=True)
    path = directory / "nginx.conf"
    path.write_text(conf.replace("PORT", str(port)))
    command = [binary, "nginx"] if Path(binary).name == "ngxpush" else [binary]
    return [*command, "-p", str(directory), "-c", str(path), "-e", str(directory / "logs" / "error.log")]


@contextlib.contextmanager
def scratch() -> Iterator[Path]:
    """A directory while the block lasts."""
    directory = Path(tempfile.mkdtemp(prefix="benchmark-"))
    # Where root starts nginx, its workers run as another user.
    directory.chmod(0o755)
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def keep_to_cores(generator: bool) -> None:
    """Keep this process to the last core, if it is the load generator, or to the others, as if clients were far away."""
    *others, last = sorted(os.sched_getaffinity(0))
    if others:
        os.sched_setaffinity(0, {last} if generator else others)


@contextlib.contextmanager
def running(prepare: Prepare, all_cores: bool = False) -> Iterator[Server]:
    """A server while the block lasts. RuntimeError with what it has printed if it does not answer.

    all_cores: it may use the core of the load generator, too.
    """
    with scratch() as directory, (directory / "output").open("wb") as output:
        port = free_port()
        process = subprocess.Popen(
            prepare(directory, port),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=directory,
            start_new_session=True,
            preexec_fn=None if all_cores else partial(keep_to_cores, generator=False),
        )
        try:
            _wait_for_answer(port, process, directory / "output")
            yield Server(port, process.pid, directory)
        finally:
            # At once: a graceful end takes longer than many a measurement.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def free_port() -> int:
    """A port on which no one listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for_answer(port: int, process: subprocess.Popen[bytes], output: Path) -> None:
    """Any answer will do: after the first one a server has loaded what it needs."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 20) as client:
            client.sendall(b"GET /none HTTP/1.1\r\nHost: localhost\r\n\r\n")
            if client.recv(1000):
                return
        time.sleep(0.005)
    said = " ".join(output.read_text("utf-8", "replace").split())[-300:]
    raise RuntimeError(f"the server does not answer (exit code {process.poll()}): {said}")
