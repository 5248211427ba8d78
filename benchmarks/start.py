"""How long a user waits: `ngxpush run` until its first answer, and one cycle of `ngxpush nginx` and `ngxpush nginx -s stop`."""

from __future__ import annotations

import argparse
import contextlib
import http.client
import statistics
import subprocess
import sysconfig
import tempfile
import time
from pathlib import Path

from servers import free_port

_NGXPUSH = str(Path(sysconfig.get_path("scripts")) / "ngxpush")
_CONF = """
worker_processes 1;
error_log {directory}/error.log;
pid {directory}/nginx.pid;
events {{ worker_connections 256; }}
http {{
    access_log off;
    push_stream_shared_memory_size 10m;
    server {{
        listen 127.0.0.1:{port};
        location /pub {{ push_stream_publisher admin; push_stream_channels_path $arg_id; }}
        location / {{ return 204; }}
    }}
}}
"""


def seconds_until_first_answer(directory: Path) -> float:
    """`ngxpush run` from its start until a request is answered."""
    conf, port = _configuration(directory)
    begin = time.monotonic()
    process = subprocess.Popen([_NGXPUSH, "run", conf], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for_answer(port, process)
        return time.monotonic() - begin
    finally:
        process.terminate()
        process.wait(10)


def seconds_of_a_cycle(directory: Path) -> float:
    """`ngxpush nginx` into the background, one answer, `-s stop`, and the end of the master (its pid file is gone)."""
    conf, port = _configuration(directory)
    command = [_NGXPUSH, "nginx", "-p", str(directory), "-c", conf]
    begin = time.monotonic()
    subprocess.run(command, check=True, timeout=20)
    _wait_for_answer(port)
    subprocess.run([*command, "-s", "stop"], check=True, timeout=20)
    deadline = time.monotonic() + 10
    while (directory / "nginx.pid").exists():
        if time.monotonic() > deadline:
            raise TimeoutError("the server does not stop")
        time.sleep(0.002)
    return time.monotonic() - begin


def _configuration(directory: Path) -> tuple[str, int]:
    port = free_port()
    path = directory / "nginx.conf"
    path.write_text(_CONF.format(directory=directory, port=port))
    return str(path), port


def _wait_for_answer(port: int, process: subprocess.Popen[bytes] | None = None) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and (process is None or process.poll() is None):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        with contextlib.closing(connection), contextlib.suppress(OSError):
            connection.request("GET", "/")
            if connection.getresponse().status == 204:
                return
        time.sleep(0.002)
    raise TimeoutError("no answer")


def main() -> None:
    """Print the medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    for name, measure in (
        ("ngxpush run, until the first answer", seconds_until_first_answer),
        ("ngxpush nginx, start and stop", seconds_of_a_cycle),
    ):
        times = []
        for _ in range(options.rounds):
            with tempfile.TemporaryDirectory() as directory:
                times.append(measure(Path(directory)))
        print(f"{name}: median {statistics.median(times):.3f} s, slowest {max(times):.3f} s", flush=True)


if __name__ == "__main__":
    main()
