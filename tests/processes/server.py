"""A server under `ngxpush nginx`, driven by nginx's command line only, and what /proc shows of its processes."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.patience import PATIENCE, wait_until
from tests.running import NGXPUSH, free_port, wait_for_port

MAIN = """\
worker_processes {workers};
pid {directory}/nginx.pid;
error_log {directory}/error.log notice;
events {{ worker_connections 1024; }}
"""

PUSH = """\
push_stream_shared_memory_size {memory};
access_log off;
push_stream_message_template "~channel~ ~id~ ~text~\\n";
server {{
    listen 127.0.0.1:{port};
    keepalive_requests 1000000;
    location = /pid {{ return 200 $pid; }}
    location /pub {{ push_stream_publisher admin; push_stream_channels_path $arg_id; push_stream_store_messages on; }}
    location /statistics {{ push_stream_channels_statistics; push_stream_channels_path $arg_id; }}
    location ~ /sub/(.*) {{ push_stream_subscriber; push_stream_channels_path $1; }}
    location ~ /long/(.*) {{ push_stream_subscriber long-polling; push_stream_channels_path $1; }}
    location ~ /poll/(.*) {{ push_stream_subscriber polling; push_stream_channels_path $1; }}
}}
"""


class Server:
    """A configuration in `directory` and the daemon that serves it. more: further server blocks.  options: ngxpush's own."""

    def __init__(self, directory: Path, workers: int = 1, more: str = "", main: str = "", options: Sequence[str] = ()) -> None:
        self.directory = directory
        self.options = tuple(options)
        self.port = free_port()
        self.conf = directory / "nginx.conf"
        self.write(workers, more, main)

    def write(self, workers: int = 1, more: str = "", main: str = "", memory: str = "32m") -> None:
        """Write the configuration anew."""
        http = PUSH.format(port=self.port, memory=memory) + more
        self.conf.write_text(MAIN.format(workers=workers, directory=self.directory) + main + "http {\n" + http + "}\n")

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """`ngxpush nginx -c CONF ARGUMENTS`, to its end."""
        words = [NGXPUSH, "nginx", *self.options, "-c", self.conf, *arguments]
        return subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE)

    def start(self) -> None:
        done = self.command()
        assert (done.returncode, done.stdout, done.stderr) == (0, "", ""), done
        wait_for_port(self.port)

    def signal(self, name: str) -> None:
        """`-s NAME`."""
        done = self.command("-s", name)
        assert done.returncode == 0, done

    @property
    def pid_file(self) -> Path:
        return self.directory / "nginx.pid"

    @property
    def master(self) -> int:
        return int(self.pid_file.read_text())

    @property
    def workers(self) -> set[int]:
        return children(self.master)

    @property
    def log(self) -> str:
        return (self.directory / "error.log").read_text()

    @property
    def started(self) -> list[int]:
        """The workers started so far, by the log."""
        return [int(pid) for pid in re.findall(r"start worker process (\d+)", self.log)]

    def leaves(self, worker: int) -> bool:
        """Whether a worker only ends what it has begun, by the log."""
        return f" {worker}#{worker}: gracefully shutting down" in self.log

    def hang_up(self) -> None:
        """The signal of `-s reload`, without waiting for anything."""
        os.kill(self.master, signal.SIGHUP)

    def reload(self) -> None:
        """`-s reload`, until only the new workers are left."""
        old = self.workers
        self.signal("reload")
        wait_until(lambda: not old & self.workers and bool(self.workers))

    def stop(self, name: str = "stop") -> None:
        """`-s stop`, until master and workers are gone."""
        family = {self.master, *self.workers}
        self.signal(name)
        wait_until(lambda: not any(is_alive(pid) for pid in family))


@contextlib.contextmanager
def serving(directory: Path, workers: int = 1, more: str = "", main: str = "", options: Sequence[str] = ()) -> Iterator[Server]:
    """A server while the block lasts; no process of it is left then, whatever happens."""
    server = Server(directory, workers, more, main, options)
    server.start()
    master = server.master
    try:
        wait_until(lambda: len(server.workers) == workers)
        yield server
    finally:
        family = {master, *children(master)}
        for pid in family:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not any(is_alive(pid) for pid in family))


@contextlib.contextmanager
def stopped(workers: set[int]) -> Iterator[None]:
    """Let the workers stand still meanwhile. One that was killed may be gone."""
    for worker in workers:
        os.kill(worker, signal.SIGSTOP)
    yield
    for worker in workers:
        with contextlib.suppress(ProcessLookupError):
            os.kill(worker, signal.SIGCONT)


def children(pid: int) -> set[int]:
    """The living child processes of a process."""
    found = {int(process.name): _status(int(process.name)) for process in Path("/proc").iterdir() if process.name.isdigit()}
    return {child for child, status in found.items() if status == ("alive", pid)}


def is_alive(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    status = _status(pid)
    return status is not None and status[0] == "alive"


def _status(pid: int) -> tuple[str, int] | None:
    """Whether a process is alive or a zombie, and its parent."""
    try:
        state, parent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[:2]
    except (FileNotFoundError, ProcessLookupError):
        return None
    return ("zombie" if state == "Z" else "alive"), int(parent)


def descriptors(pid: int) -> list[str]:
    """What a process has open, without the numbers that differ from one to the next."""
    found = []
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            found.append(os.readlink(entry).split(":[")[0])
    return sorted(found)
