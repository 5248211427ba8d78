"""On a system without what only Linux has (signalfd, memfd, processor affinity …), as macOS is: simulated on Linux."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from tests.clients import publish, subscription, wait_for_subscribers
from tests.running import ngxpush_nginx

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="there it is no simulation")

# Python runs it before the program.
_SITE = """
import ctypes, os, socket, sys, sysconfig
import asyncio, ctypes.util, select, subprocess, tempfile  # these know the real system
sysconfig.get_config_vars()
sys.platform = "darwin"
for module, names in ((os, ("memfd_create", "sched_setaffinity", "sched_getaffinity", "O_PATH")),
                      (socket, ("TCP_INFO", "TCP_DEFER_ACCEPT", "TCP_KEEPIDLE"))):
    for name in names:
        delattr(module, name)
def known(library, name, all=ctypes.CDLL.__getattr__):
    if name in ("signalfd", "malloc_trim"):
        raise AttributeError(name)
    return all(library, name)
ctypes.CDLL.__getattr__ = known
"""

_CONF = """
worker_processes 2;
worker_cpu_affinity auto;
events {}
http {
    push_stream_shared_memory_size 10m;
    server {
        listen 127.0.0.1:8080 deferred so_keepalive=30s::;
        location /pub { push_stream_publisher; push_stream_channels_path $arg_id; push_stream_store_messages on; }
        location ~ ^/sub/(.*) {
            push_stream_subscriber; push_stream_channels_path $1; push_stream_message_template "~text~\\n";
            postpone_output 0; add_header X-Rtt "$tcpinfo_rtt";
        }
    }
}
"""


def test_master_and_workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They serve, reload and keep what is stored."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(_SITE)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "site"))
    conf = tmp_path / "conf"
    conf.mkdir()
    (conf / "nginx.conf").write_text(_CONF)
    directory = tmp_path / "served"
    directory.mkdir()
    with ngxpush_nginx(conf / "nginx.conf", directory) as ports:
        port = ports[8080]
        with subscription(port, "/sub/a") as stream:
            wait_for_subscribers(port, "/pub?id=a")
            publish(port, "/pub?id=a", b"hello")
            assert stream.line() == b"hello"
            master = int((directory / "nginx.pid").read_text())
            os.kill(master, signal.SIGHUP)
            assert stream.rest() == b""  # the old worker has ended it
        with subscription(port, "/sub/a.b1") as stream:
            assert stream.line() == b"hello"
