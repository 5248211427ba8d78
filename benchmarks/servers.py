"""The two servers that are measured side by side: ngxpush, and nginx with nchan, a push module written in C.

Debian has both parts of the second one: packages nginx and libnginx-mod-nchan. Everything stays on the loopback interface.
"""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
_NCHAN_MODULE = Path("/usr/lib/nginx/modules/ngx_nchan_module.so")
_NGXPUSH = Path(sysconfig.get_path("scripts")) / "ngxpush"
_CONNECTIONS = 20_000

_COMMON = f"""
worker_processes 1;
worker_rlimit_nofile {_CONNECTIONS + 100};
error_log logs/error.log error;
pid nginx.pid;
events {{ worker_connections {_CONNECTIONS}; }}
"""

_NGXPUSH_CONF = (
    _COMMON
    + """
http {
    access_log off;
    push_stream_shared_memory_size 256m;
    server {
        listen 127.0.0.1:PORT backlog=4096;
        location /pub {
            push_stream_publisher admin;
            push_stream_channels_path $arg_id;
            push_stream_channel_info_on_publish off;
        }
        location /sub {
            push_stream_subscriber eventsource;
            push_stream_channels_path $arg_id;
        }
    }
}
"""
)

_NCHAN_CONF = (
    f"load_module {_NCHAN_MODULE};\n"
    + _COMMON
    + """
http {
    access_log off;
    nchan_shared_memory_size 256m;
    server {
        listen 127.0.0.1:PORT backlog=4096;
        location /pub {
            nchan_publisher;
            nchan_channel_id $arg_id;
            nchan_store_messages off;
        }
        location /sub {
            nchan_subscriber eventsource;
            nchan_channel_id $arg_id;
        }
    }
}
"""
)


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: its name, where it listens, and the process that was started."""

    name: str
    port: int
    pid: int

    def cpu_seconds(self) -> float:
        """User and system time used so far by the process and all its children that live."""
        return sum(_cpu_ticks(pid) for pid in process_tree(self.pid)) / _TICKS_PER_SECOND

    def resident_bytes(self) -> int:
        """Resident memory of the process and its children; what they share is counted once (PSS)."""
        return sum(_proportional_bytes(pid) for pid in process_tree(self.pid))


def process_tree(pid: int) -> list[int]:
    """`pid` and its living descendants."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except FileNotFoundError:
        return []
    return [pid, *(descendant for child in children for descendant in process_tree(int(child)))]


def _cpu_ticks(pid: int) -> int:
    # The name in parentheses may hold spaces; utime and stime are fields 14 and 15.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def _proportional_bytes(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def allow_many_connections() -> None:
    """Raise this process's limit of open files; started servers inherit it."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65_536) if hard > 0 else 65_536, hard))


def nchan_is_installed() -> bool:
    """Whether the other server of the comparison is there; says what is missing when it isn't."""
    found = shutil.which("nginx") is not None and _NCHAN_MODULE.exists()
    if not found:
        print("nchan is not installed, no comparison (on Debian: apt-get install nginx libnginx-mod-nchan)", file=sys.stderr)
    return found


@contextlib.contextmanager
def ngxpush(conf: str = _NGXPUSH_CONF) -> Iterator[Server]:
    """ngxpush serving `conf` (PORT stands for the port) while the block lasts."""
    with _running("ngxpush", [str(_NGXPUSH), "nginx"], conf) as server:
        yield server


@contextlib.contextmanager
def nchan() -> Iterator[Server]:
    """nginx with nchan while the block lasts, set up as alike as possible."""
    with _running("nchan", ["nginx"], _NCHAN_CONF) as server:
        yield server


@contextlib.contextmanager
def _running(name: str, command: list[str], conf: str) -> Iterator[Server]:
    directory = Path(tempfile.mkdtemp(prefix=f"benchmark-{name}-"))
    # Where root starts the server, its workers run as another user.
    directory.chmod(0o755)
    (directory / "logs").mkdir()
    port = free_port()
    path = directory / "nginx.conf"
    path.write_text(conf.replace("PORT", str(port)))
    process = subprocess.Popen(
        [*command, "-p", str(directory), "-c", str(path), "-g", "daemon off;"], stdin=subprocess.DEVNULL, start_new_session=True
    )
    try:
        wait_for_port(port, process)
        yield Server(name, port, process.pid)
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        shutil.rmtree(directory, ignore_errors=True)


def free_port() -> int:
    """A port on which no one listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_port(port: int, process: subprocess.Popen[bytes]) -> None:
    """Return when `port` accepts connections; exit when `process` ends before that, or after 20 s."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        time.sleep(0.005)
    sys.exit(f"the server does not listen (exit code {process.poll()})")
