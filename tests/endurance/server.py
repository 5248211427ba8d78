"""The server under load: `ngxpush nginx`, or an nginx with the push stream module, to hold one against the other."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.patience import PATIENCE, wait_until
from tests.processes.server import children, is_alive
from tests.running import NGXPUSH, free_port, wait_for_port

NGXPUSH_NGINX = (str(NGXPUSH), "nginx")

_CONF = """\
worker_processes {workers};
worker_rlimit_nofile 8192;
pid {directory}/nginx.pid;
error_log {directory}/error.log notice;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    client_body_temp_path {directory}/temporary;
    proxy_temp_path {directory}/temporary;
    fastcgi_temp_path {directory}/temporary;
    uwsgi_temp_path {directory}/temporary;
    scgi_temp_path {directory}/temporary;
    push_stream_shared_memory_size 512m;
    push_stream_max_messages_stored_per_channel 2000;
    push_stream_message_template "~id~ ~tag~ ~time~ ~event-id~ ~text~\\n";
    server {{
        # Small buffers in the kernel: the server feels it when a subscriber does not read.
        listen 127.0.0.1:{port} backlog=2048 sndbuf=8k;
        keepalive_requests 1000000;
        location = /publish {{
            push_stream_publisher admin;
            push_stream_channels_path $arg_id;
            push_stream_store_messages on;
            push_stream_channel_info_on_publish off;
        }}
        location = /statistics {{ push_stream_channels_statistics; push_stream_channels_path $arg_id; }}
        location ~ ^/streaming/(.*) {{
            push_stream_subscriber;
            push_stream_channels_path $1;
            push_stream_header_template "subscribed\\n";
        }}
        location ~ ^/eventsource/(.*) {{
            push_stream_subscriber eventsource;
            push_stream_channels_path $1;
            push_stream_header_template "subscribed";
        }}
        location ~ ^/websocket/(.*) {{
            push_stream_subscriber websocket;
            push_stream_channels_path $1;
            push_stream_header_template "subscribed\\n";
            push_stream_last_received_message_time $arg_time;
            push_stream_last_received_message_tag $arg_tag;
        }}
        location ~ ^/long-polling/(.*) {{ push_stream_subscriber long-polling; push_stream_channels_path $1; }}
    }}
}}
"""


class Server:
    """A running daemon. number: how many workers it has."""

    def __init__(self, directory: Path, number: int, port: int) -> None:
        self.directory = directory
        self.number = number
        self.port = port
        self.ports = (port,)
        self.master = int((directory / "nginx.pid").read_text())

    @property
    def workers(self) -> set[int]:
        """The living workers, of whatever configuration."""
        return children(self.master)

    @property
    def log(self) -> list[str]:
        """The lines of the error log."""
        return (self.directory / "error.log").read_text(errors="replace").splitlines()

    def kill(self) -> None:
        """Kill master and workers. They are gone when it returns."""
        family = {self.master, *self.workers}
        for pid in family:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not any(is_alive(pid) for pid in family))

    def reload(self) -> None:
        """Ask the master to."""
        os.kill(self.master, signal.SIGHUP)


@contextlib.contextmanager
def serving(directory: Path, workers: int, command: Sequence[str] = NGXPUSH_NGINX) -> Iterator[Server]:
    """A server in `directory` while the block lasts. Its temporary files are in `directory`/temporary."""
    port = free_port()
    write(directory, workers, port)
    server = started(directory, workers, port, command)
    try:
        wait_until(lambda: len(server.workers) == workers)
        yield server
    finally:
        server.kill()


def write(directory: Path, workers: int, port: int) -> None:
    """The configuration in `directory`."""
    directory.chmod(0o755)
    (directory / "temporary").mkdir()
    (directory / "nginx.conf").write_text(_CONF.format(workers=workers, directory=directory, port=port))


def started(directory: Path, workers: int, port: int, command: Sequence[str] = NGXPUSH_NGINX) -> Server:
    """The server of the configuration that was written to `directory`; it accepts clients."""
    words = [*command, "-p", str(directory), "-c", str(directory / "nginx.conf"), "-e", str(directory / "error.log")]
    environment = os.environ | {"TMPDIR": str(directory / "temporary")}
    done = subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE, env=environment)
    assert (done.returncode, done.stdout) == (0, ""), done
    wait_for_port(port)
    return Server(directory, workers, port)
