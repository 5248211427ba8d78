"""What scripts, init files and test suites do with nginx's command line, done with `ngxpush nginx`.

Nothing is known here but that command line, the files of the configuration, and HTTP.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients import get, publish, subscription, wait_for_subscribers
from tests.patience import PATIENCE, wait_until
from tests.running import NGXPUSH, free_port
from tests.watchdog import check

_CONF = """
worker_processes WORKERS;
error_log logs/error.log info;
pid nginx.pid;
events { worker_connections 256; }
http {
    access_log logs/access.log;
    push_stream_shared_memory_size 10m;
    server {
        listen 127.0.0.1:PORT;
        location /pub {
            push_stream_publisher admin;
            push_stream_channels_path $arg_id;
            push_stream_store_messages on;
        }
        location /stats { push_stream_channels_statistics; push_stream_channels_path $arg_id; }
        location ~ ^/sub/(.*) {
            push_stream_subscriber;
            push_stream_channels_path $1;
            push_stream_header_template "begin\\n";
            push_stream_message_template "~text~\\n";
            push_stream_footer_template "end\\n";
        }
        location ~ ^/lp/(.*) { push_stream_subscriber long-polling; push_stream_channels_path $1; }
        location = /version { return 200 "1"; }
    }
}
"""


class Nginx:
    """An installation in a directory: its configuration and the command that controls it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.port = free_port()
        self.conf = directory / "nginx.conf"
        self.configure(_CONF)
        (directory / "logs").mkdir()

    def configure(self, text: str, workers: int = 1) -> None:
        """Write the configuration."""
        self.conf.write_text(text.replace("PORT", str(self.port)).replace("WORKERS", str(workers)))

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """`ngxpush nginx …`. Waits until stdout and stderr are closed: a daemon that holds them makes this time out."""
        command = [str(NGXPUSH), "nginx", "-p", str(self.directory), "-c", str(self.conf), *arguments]
        return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE)

    def start(self) -> None:
        """Start it in the background, which has to say nothing."""
        done = self.command()
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")

    def signal(self, name: str) -> None:
        """`-s NAME`, which has to succeed. (Where nginx's own error log is stderr, it reports there that it was started.)"""
        done = self.command("-s", name)
        assert (done.returncode, done.stdout) == (0, ""), done.stderr

    @property
    def pid(self) -> int:
        """The pid of the master, from its file."""
        return int((self.directory / "nginx.pid").read_text())

    def workers(self) -> set[int]:
        """The pids of the workers, as the statistics show them."""
        return {int(worker["pid"]) for worker in get(self.port, "/stats").json["by_worker"]}

    def log(self) -> str:
        """The error log."""
        return (self.directory / "logs" / "error.log").read_text()

    def processes(self) -> set[int]:
        """Everything that lives and is of this installation."""
        found = set()
        for status in Path("/proc").glob("[0-9]*/cwd"):
            try:
                if _belongs_to(status.parent, self.directory):
                    found.add(int(status.parent.name))
            except OSError:
                continue  # it ended meanwhile, or is another user's
        return found


def _belongs_to(process: Path, directory: Path) -> bool:
    """Whether a process was started for `directory`: it has its log open."""
    if (process / "stat").read_text().rpartition(")")[2].split()[0] == "Z":
        return False
    return any(link.readlink().is_relative_to(directory) for link in (process / "fd").iterdir())


def refuses_connections(port: int) -> bool:
    """Whether no one listens on `port`."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


@pytest.fixture
def nginx() -> Iterator[Nginx]:
    """An installation that does not run yet; stopped at the end, if the test did not."""
    # Not pytest's tmp_path, which is closed to others: workers of a master that root starts are another user's.
    with tempfile.TemporaryDirectory(prefix="ngxpush-") as directory:
        os.chmod(directory, 0o755)
        installation = Nginx(Path(directory))
        yield installation
        for pid in installation.processes():
            os.kill(pid, signal.SIGKILL)
        check(installation.directory)


def test_start_and_stop(nginx: Nginx) -> None:
    nginx.start()
    assert get(nginx.port, "/version").body == b"1"
    assert nginx.pid in nginx.processes()
    nginx.signal("stop")
    wait_until(lambda: not (nginx.directory / "nginx.pid").exists())
    wait_until(lambda: not nginx.processes())
    assert refuses_connections(nginx.port)


def test_nothing_is_left_after_twenty_cycles(nginx: Nginx) -> None:
    for _ in range(20):
        nginx.start()
        publish(nginx.port, "/pub?id=a", b"message")
        nginx.signal("stop")
        wait_until(lambda: not (nginx.directory / "nginx.pid").exists())
    wait_until(lambda: not nginx.processes())
    assert {path.name for path in nginx.directory.iterdir()} - {"nginx.conf", "logs"} <= {
        "client_body_temp", "proxy_temp", "fastcgi_temp", "uwsgi_temp", "scgi_temp",
    }  # fmt: skip


def test_messages_and_the_end_of_subscribers(nginx: Nginx) -> None:
    nginx.start()
    with subscription(nginx.port, "/sub/a") as stream, subscription(nginx.port, "/lp/a") as waiting:
        assert stream.line() == b"begin"
        wait_for_subscribers(nginx.port, "/pub?id=a", 2)
        publish(nginx.port, "/pub?id=a", b"hello")
        assert stream.line() == b"hello"
        assert waiting.rest() == b"hello"
        nginx.signal("stop")
        assert stream.rest() == b"end\n"


def test_quit(nginx: Nginx) -> None:
    nginx.start()
    nginx.signal("quit")
    wait_until(lambda: not nginx.processes())


def test_configuration_test(nginx: Nginx) -> None:
    good = nginx.command("-t")
    assert good.returncode == 0
    assert good.stderr.endswith(f"syntax is ok\nnginx: configuration file {nginx.conf} test is successful\n")
    nginx.configure(_CONF.replace("push_stream_publisher", "push_stream_publishr"))
    bad = nginx.command("-t")
    assert bad.returncode == 1
    assert f'unknown directive "push_stream_publishr" in {nginx.conf}:12' in bad.stderr
    # And it does not start with it.
    assert nginx.command().returncode == 1
    assert not nginx.processes()


def test_second_start_on_the_same_port(nginx: Nginx) -> None:
    nginx.start()
    second = nginx.command()
    assert second.returncode == 1
    assert f"bind() to 127.0.0.1:{nginx.port} failed (98: Address already in use)" in second.stderr
    assert get(nginx.port, "/version").body == b"1"


def test_stop_when_nothing_runs(nginx: Nginx) -> None:
    stop = nginx.command("-s", "stop")
    assert stop.returncode == 1
    assert f'open() "{nginx.directory}/nginx.pid" failed (2: No such file or directory)' in stop.stderr


def test_reload_keeps_messages_and_takes_the_new_configuration(nginx: Nginx) -> None:
    nginx.start()
    before, worker = nginx.pid, nginx.workers()
    publish(nginx.port, "/pub?id=a", b"stored")
    nginx.configure(_CONF.replace('return 200 "1"', 'return 200 "2"'))
    nginx.signal("reload")
    wait_until(lambda: get(nginx.port, "/version").body == b"2")
    assert nginx.pid == before
    wait_until(lambda: nginx.workers().isdisjoint(worker))
    assert get(nginx.port, "/pub?id=a").json["stored_messages"] == 1
    assert publish(nginx.port, "/pub?id=a", b"more").json["published_messages"] == 2


def test_reload_with_a_broken_configuration_changes_nothing(nginx: Nginx) -> None:
    nginx.start()
    nginx.configure(_CONF.replace("push_stream_publisher", "push_stream_publishr"))
    # The command itself refuses a broken file; the signal reaches the master all the same.
    assert nginx.command("-s", "reload").returncode == 1
    os.kill(nginx.pid, signal.SIGHUP)
    wait_until(lambda: 'unknown directive "push_stream_publishr"' in nginx.log())
    publish(nginx.port, "/pub?id=a", b"still served")


def test_connections_are_accepted_through_reloads(nginx: Nginx) -> None:
    nginx.start()
    for _ in range(5):
        old = nginx.workers()
        nginx.signal("reload")
        while nginx.workers() & old:
            assert get(nginx.port, "/version").status == 200


def test_reopen_makes_new_log_files(nginx: Nginx) -> None:
    nginx.start()
    get(nginx.port, "/before")
    log, rotated = nginx.directory / "logs" / "access.log", nginx.directory / "logs" / "access.log.1"
    wait_until(lambda: "/before" in log.read_text())
    log.rename(rotated)
    nginx.signal("reopen")
    wait_until(log.exists)
    # Each worker opens the new file in its own time.
    wait_until(lambda: get(nginx.port, "/after").status == 404 and "/after" in log.read_text())


@pytest.mark.parametrize("workers", [1, 2])
def test_a_killed_worker_is_replaced_and_no_message_is_lost(nginx: Nginx, workers: int) -> None:
    nginx.configure(_CONF, workers)
    nginx.start()
    publish(nginx.port, "/pub?id=a", b"stored")
    wait_until(lambda: len(nginx.workers()) == workers)
    victim = nginx.workers().pop()
    os.kill(victim, signal.SIGKILL)
    wait_until(lambda: _answers(nginx) and victim not in nginx.workers() and len(nginx.workers()) == workers)
    assert get(nginx.port, "/pub?id=a").json["stored_messages"] == 1
    assert re.search(rf"worker process {victim} exited on signal 9", nginx.log())


def _answers(nginx: Nginx) -> bool:
    try:
        return bool(get(nginx.port, "/version").status == 200)
    except OSError:
        return False


def test_a_killed_master_takes_its_workers_with_it(nginx: Nginx) -> None:
    nginx.configure(_CONF, workers=2)
    nginx.start()
    os.kill(nginx.pid, signal.SIGKILL)
    wait_until(lambda: not nginx.processes())


def test_foreground_and_single_process(nginx: Nginx) -> None:
    command = [str(NGXPUSH), "nginx", "-p", str(nginx.directory), "-c", str(nginx.conf), "-g", "daemon off; master_process off;"]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    try:
        # The system accepts clients as soon as the socket is there; like nginx it can be stopped cleanly a moment later.
        wait_until(lambda: _answers(nginx))
        assert nginx.workers() == {process.pid}
    finally:
        process.terminate()
        assert process.wait(PATIENCE) == 0
