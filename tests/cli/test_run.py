"""`ngxpush run` as a user starts it: what it says, what it does without, how it ends."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from ngxpush.cli.run import command
from ngxpush.extras import install_command
from tests.cli.run_conf import CONF, refused, written
from tests.clients import get, publish, subscription, wait_for_subscribers
from tests.patience import PATIENCE, wait_until
from tests.running import NGXPUSH, end, free_port, ngxpush_run, wait_for_port


def test_serves_until_interrupted(tmp_path: Path) -> None:
    port = free_port()
    command = [NGXPUSH, "run", "--log", "off", "--listen", f"8080={port}", written(tmp_path, CONF)]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)
    try:
        wait_for_port(port, process)
        with subscription(port, "/sub/a") as stream:
            wait_for_subscribers(port, "/pub?id=a")
            publish(port, "/pub?id=a", b"hello")
            assert stream.line() == b"hello"
            process.send_signal(signal.SIGINT)
            assert stream.rest() == b"end\n"
        _, said = process.communicate(timeout=PATIENCE)
    finally:
        end(process)
    assert process.returncode == 0
    listening, console, stopped = said.decode().splitlines()
    assert listening.rpartition("listening on ")[2] == f"127.0.0.1:{port}"
    assert re.fullmatch(r"ngxpush: console http://127\.0\.0\.1:\d+/", console)
    assert stopped == "ngxpush: stopped"


@pytest.mark.parametrize("error_log", ["", "error_log /dev/stderr;"])
def test_no_one_waits_for_who_does_not_read_what_is_said(tmp_path: Path, error_log: str) -> None:
    """Standard error is a full pipe: it serves, reloads and ends all the same."""
    port, (reading, writing) = free_port(), os.pipe()
    text = error_log + CONF.replace("8080", str(port))
    command = [NGXPUSH, "run", "--no-console", written(tmp_path, text)]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=writing, start_new_session=True)
    try:
        wait_for_port(port, process)
        assert get(port, "/pub?id=a").status == 404  # all that it says at the start is said
        os.set_blocking(writing, False)
        with contextlib.suppress(BlockingIOError):
            while True:
                os.write(writing, b"x")
        os.set_blocking(writing, True)
        written(tmp_path, text.replace("/pub", "/renamed"))
        assert get(port, "/absent").status == 404  # which the error log says, and that is standard error here
        process.send_signal(signal.SIGHUP)
        wait_until(lambda: get(port, "/renamed").status == 400)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
    finally:
        end(process)
        os.close(reading)
        os.close(writing)


def test_requests_are_logged_when_they_come(tmp_path: Path) -> None:
    port = free_port()
    command = [NGXPUSH, "run", "--no-console", "--listen", f"8080={port}", written(tmp_path, CONF)]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True, text=True)
    assert process.stderr is not None
    try:
        wait_for_port(port)
        process.stderr.readline()
        with subscription(port, "/sub/a"):
            said = [process.stderr.readline()]
            publish(port, "/pub?id=a", b"hello")
            said.append(process.stderr.readline())
        said.append(process.stderr.readline())
        process.send_signal(signal.SIGINT)
        rest, *_ = process.communicate(timeout=PATIENCE)[1].splitlines()
    finally:
        end(process)
    at, ms = r"\d\d:\d\d:\d\d", r"\d[\d.]* ms 127\.0\.0\.1"
    expected = (
        rf"{at} sub GET /sub/a 127\.0\.0\.1: streaming subscriber of a \(nginx\.conf:8\)\n",
        rf"{at} 200 POST /pub\?id=a {ms}: 5 bytes to a, 1 subscriber \(nginx\.conf:7\)\n",
        rf"{at} 200 GET /sub/a {ms}: streaming subscriber of a, until the client left \(nginx\.conf:8\)\n",
    )
    for line, pattern in zip(said, expected, strict=True):
        assert re.fullmatch(pattern, line), said
    assert rest.startswith("ngxpush: stopped: 2 requests, 1 message published, 1 delivery, ")


def test_a_log_for_programs_has_standard_output_to_itself(tmp_path: Path) -> None:
    port = free_port()
    command = [NGXPUSH, "run", "--log", "json", "--listen", f"8080={port}", written(tmp_path, CONF)]
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        wait_for_port(port, process)
        publish(port, "/pub?id=a", b"hello")
        process.send_signal(signal.SIGTERM)
        lines = process.communicate(timeout=PATIENCE)[0].splitlines()
    finally:
        end(process)
    assert [(said["event"], said["published"]) for said in map(json.loads, lines)] == [("request", 5)]


@pytest.mark.parametrize(("option", "package"), [("metrics", "prometheus_client"), ("watch", "watchfiles")])
def test_an_option_whose_package_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, option: str, package: str) -> None:
    monkeypatch.setattr("ngxpush.cli.run.find_spec", lambda name: None)
    done = CliRunner().invoke(command, [f"--{option}", str(written(tmp_path, CONF))])
    assert done.exit_code == 2
    assert f"Error: --{option} needs {package}: {install_command(option)}" in done.output


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "0.0.0.0:{port}, all IPv4 addresses of this machine (--host 127.0.0.1 binds that one only)"),
        (["--host", "127.0.0.1"], "127.0.0.1:{port}"),
    ],
)
def test_what_all_addresses_are(tmp_path: Path, options: list[str], said: str) -> None:
    """It says so, and another one can be bound."""
    port = free_port()
    conf = written(tmp_path, CONF.replace("127.0.0.1:8080", str(port)))
    process = subprocess.Popen(
        [NGXPUSH, "run", *options, conf], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
    )
    assert process.stderr is not None
    try:
        wait_for_port(port, process)
        first = process.stderr.readline().decode().rstrip()
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.2", port)):
            assert not options
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)
    assert first.rpartition("listening on ")[2] == said.format(port=port)


def test_a_host_is_an_address(tmp_path: Path) -> None:
    done = subprocess.run(
        [NGXPUSH, "run", "--host", "all", written(tmp_path, CONF)], capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.returncode == 2 and "--host takes an IP address, such as 127.0.0.1, not 'all'" in done.stderr


def test_a_full_disk_for_what_is_said_ends_no_server(tmp_path: Path) -> None:
    port = free_port()
    conf = written(tmp_path, f"events {{}} http {{ server {{ listen 127.0.0.1:{port}; return 204; }} }}")
    with Path("/dev/full").open("w") as full, subprocess.Popen([NGXPUSH, "run", conf], stderr=full) as server:
        wait_for_port(port)
        assert get(port, "/").status == 204
        server.terminate()
        assert server.wait(PATIENCE) == 0


@pytest.mark.parametrize("asked", [False, True])
def test_only_a_log_that_is_asked_for_goes_to_the_terminal(tmp_path: Path, asked: bool) -> None:
    log = "access_log logs/access.log;" if asked else ""
    with ngxpush_run(
        written(tmp_path, f"events {{}} http {{ {log} server {{ listen 127.0.0.1:8080; return 204; }} }}"), tmp_path
    ) as ports:
        assert get(ports[8080], "/").status == 204
    said = (tmp_path / "output").read_text()
    assert ("logs/access.log can't be written" in said, said.count("GET /")) == (asked, 1 + asked)


def test_a_pid_file_while_it_runs(tmp_path: Path) -> None:
    with ngxpush_run(written(tmp_path, f"pid {tmp_path}/ngxpush.pid;" + CONF), tmp_path) as ports:
        assert get(ports[8080], "/").status == 404
        assert int((tmp_path / "ngxpush.pid").read_text()) > 1
    assert not (tmp_path / "ngxpush.pid").exists()


def test_the_pid_file_of_another_server_stays(tmp_path: Path) -> None:
    pid = tmp_path / "ngxpush.pid"
    pid.write_text(f"{os.getpid()}\n")
    with ngxpush_run(written(tmp_path, f"pid {pid};" + CONF), tmp_path) as ports:
        assert get(ports[8080], "/").status == 404
    assert pid.read_text() == f"{os.getpid()}\n"
    assert f"is the pid file of process {os.getpid()}: no pid file is made" in (tmp_path / "output").read_text()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("http { server {} }", 'nginx: [emerg] no "events" section in configuration'),
        ("events {}\nhttp { more_headerz a; }", 'nginx: [emerg] unknown directive "more_headerz" in {directory}/nginx.conf:2'),
        ("\x7fELF\x02\x01\x01\x00\x00\x00{{;\xff\xfe}", 'nginx: [emerg] unknown directive "\x7fELF'),
        ("", 'nginx: [emerg] no "events" section in configuration'),
        # The module's words for it; without another line it would look like a warning alone.
        ("http { push_stream_shared_memory_size 1k; }", "nginx: [warn] The push_stream_shared_memory_size value must"),
    ],
)  # fmt: skip
def test_what_nginx_refuses_is_refused_in_its_words(tmp_path: Path, text: str, said: str) -> None:
    lines = refused(tmp_path, text)
    assert lines[0].startswith(said.format(directory=tmp_path)), lines
    assert lines[1:] == [f"hint: `ngxpush lint {tmp_path}/nginx.conf` reports all errors at once, and what to write instead"]


def test_a_port_that_no_server_has(tmp_path: Path) -> None:
    assert refused(tmp_path, CONF, "--listen", "9999=8000") == [
        "ngxpush: --listen 9999=8000: no server listens on port 9999; the ports there are: 8080"
    ]


def test_a_port_in_use_is_reported(tmp_path: Path) -> None:
    with ngxpush_run(written(tmp_path, CONF), tmp_path) as ports:
        (tmp_path / "second").mkdir()
        said = refused(tmp_path / "second", CONF, "--listen", f"8080={ports[8080]}")
    assert said == [
        f"ngxpush: can't listen on 127.0.0.1:{ports[8080]} (Address already in use): "
        "--listen 8080=PORT or --port-offset N choose another one"
    ]


@pytest.mark.parametrize(
    ("module", "lacks"),
    [
        ("ngxpush.cli.serving", ("OpenSSL", "h2", "hpack", "jinja2", "watchfiles", "redis", "hiredis")),
        # Whoever has made a mistake hears so at once.
        ("ngxpush.cli.run", ("asyncio", "ssl", "aiohttp", "ngxpush.http", "ngxpush.push")),
    ],
)
def test_what_is_not_needed_is_not_loaded(module: str, lacks: tuple[str, ...]) -> None:
    code = f"import sys, {module}; print([name for name in {lacks} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_a_version_that_breaks_heads_is_refused(tmp_path: Path) -> None:
    (tmp_path / "nginx.conf").write_text("events {}")
    command = [NGXPUSH, "run", "--nginx-version", "1.22\r\nX: y", tmp_path / "nginx.conf"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 2
    assert "takes a version, such as 1.22.1, not '1.22\\r\\nX: y'" in done.stderr
