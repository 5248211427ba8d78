"""The console of `ngxpush run`: where it is, what it is loaded for, how it ends."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.cli.run_conf import CONF, refused, written
from tests.clients import get, publish, subscription, wait_for_subscribers
from tests.patience import PATIENCE
from tests.running import NGXPUSH, free_port, ngxpush_run, wait_for_port


def test_the_console_is_loaded_when_someone_looks(tmp_path: Path) -> None:
    """Its modules have parts in C: what is loaded shows in the memory of the process."""
    port = free_port()
    with ngxpush_run(written(tmp_path, f"pid {tmp_path}/pid;" + CONF), tmp_path, "--console", str(port)) as ports:
        publish(ports[8080], "/pub?id=a", b"hello")
        maps = Path(f"/proc/{(tmp_path / 'pid').read_text().strip()}/maps")
        assert "/aiohttp/" not in maps.read_text()
        assert get(port, "/").status == 200
        assert "/aiohttp/" in maps.read_text()


def test_the_console_does_not_delay_the_end(tmp_path: Path) -> None:
    port = free_port()
    with ngxpush_run(written(tmp_path, f"pid {tmp_path}/pid;" + CONF), tmp_path, "--console", str(port)) as ports:
        wait_for_port(port)
        since = time.strftime("%Y-%m-%d")
        with subscription(ports[8080], "/sub/a", User_Agent="me"), subscription(port, "/channel/live?id=a") as looking:
            while b">me<" not in (line := looking.line()):
                pass
            assert since.encode() in line
            process = int((tmp_path / "pid").read_text())
            publish(ports[8080], "/pub?id=a", b"hello")
            while b"<pre>hello</pre>" not in looking.line():
                pass
            os.kill(process, signal.SIGTERM)
            with contextlib.suppress(OSError, http.client.HTTPException):
                looking.rest()
    said = (tmp_path / "output").read_text()
    assert "Traceback" not in said and "exception" not in said, said


def test_without_a_console(tmp_path: Path) -> None:
    with ngxpush_run(written(tmp_path, CONF), tmp_path, "--no-console"):
        pass
    assert "console" not in (tmp_path / "output").read_text()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--console", "0.0.0.0:8001"], "Error: --console takes a loopback address only, such as 127.0.0.1"),
        (["--console", "here"], "Error: --console takes HOST:PORT or PORT, such as 127.0.0.1:8001, not 'here'"),
        (["--console", "8001", "--no-console"], "Error: --console and --no-console exclude each other"),
    ],
)
def test_a_console_for_this_machine_only(tmp_path: Path, options: list[str], said: str) -> None:
    done = subprocess.run([NGXPUSH, "run", *options, written(tmp_path, CONF)], capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 2 and said in done.stderr, done


def test_metrics_at_the_console(tmp_path: Path) -> None:
    port = free_port()
    with ngxpush_run(written(tmp_path, CONF), tmp_path, "--metrics", "--console", str(port)) as ports:
        assert (get(port, "/healthz").status, get(port, "/metrics", Host="evil.example").status) == (200, 403)
        with subscription(ports[8080], "/sub/a"):
            wait_for_subscribers(ports[8080], "/pub?id=a")
            publish(ports[8080], "/pub?id=a", b"hello")
            text = get(port, "/metrics").body.decode()
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    values = {(sample.name, sample.labels.get("mode")): sample.value for sample in samples}
    assert values["ngxpush_subscribers", "streaming"] == values["ngxpush_deliveries_total", None] == 1
    assert values["ngxpush_messages_published_total", None] == 1
    assert f"console http://127.0.0.1:{port}/, metrics at /metrics\n" in (tmp_path / "output").read_text()


def test_metrics_need_a_console(tmp_path: Path) -> None:
    command = [NGXPUSH, "run", "--metrics", "--no-console", written(tmp_path, CONF)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 2 and "--metrics and --no-console exclude each other" in done.stderr, done


def test_a_console_on_a_port_in_use(tmp_path: Path) -> None:
    conf = CONF.replace("127.0.0.1:8080", f"unix:{tmp_path}/socket")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert refused(tmp_path, conf, "--console", str(port)) == [
            f"ngxpush: can't open the console on 127.0.0.1:{port} (Address already in use): "
            "--console ADDR chooses another address, --no-console does without"
        ]
    assert not (tmp_path / "socket").exists()
