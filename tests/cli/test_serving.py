"""`ngxpush run` over its reloads: by SIGHUP, and because a file has changed."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec import Struct

from tests.clients import ask, get, publish, subscription, wait_for_subscribers
from tests.patience import wait_until
from tests.running import free_port, serving

_SITE = """
server {{
    listen 127.0.0.1:{port};
    location = / {{ return 200 {text}; }}
    location /pub {{ push_stream_publisher admin; push_stream_channels_path $arg_id; push_stream_store_messages on; }}
    location ~ ^/sub/(.*) {{
        push_stream_subscriber;
        push_stream_channels_path $1;
        push_stream_message_template "{text} ~text~\\n";
        push_stream_footer_template "end\\n";
    }}
    location /users {{ auth_basic a; auth_basic_user_file users; }}
}}
"""


class _Running(Struct):
    """`ngxpush run` on nginx.conf, which includes sites/*.conf."""

    directory: Path
    port: int
    pid: int
    console: str

    def write(self, text: str, name: str = "a.conf") -> None:
        """Write a site, as editors do: beside it, then in its place."""
        (self.directory / "new").write_text(_SITE.format(port=self.port, text=text))
        (self.directory / "new").rename(self.directory / "sites" / name)

    def wait_for(self, line: str, count: int = 1) -> None:
        """Wait until it has said so."""
        wait_until(lambda: self.said.count(line) >= count, lambda: self.said)

    def reload(self) -> None:
        """Have it reload, and wait until that is done."""
        done = self.said.count("ngxpush: reloaded ")
        os.kill(self.pid, signal.SIGHUP)
        self.wait_for("ngxpush: reloaded ", done + 1)

    @property
    def said(self) -> str:
        return (self.directory / "output").read_text()

    @property
    def text(self) -> bytes:
        return get(self.port, "/").body


@contextlib.contextmanager
def _running(directory: Path, *options: str) -> Iterator[_Running]:
    port = free_port()
    (directory / "sites").mkdir()
    (directory / "users").write_text("me:{PLAIN}secret\n")
    (directory / "sites" / "a.conf").write_text(_SITE.format(port=port, text="one"))
    conf = (
        f"pid {directory}/pid; events {{}} http {{ access_log off; push_stream_shared_memory_size 10m; include sites/*.conf; }}"
    )
    (directory / "nginx.conf").write_text(conf)
    with serving(["run", *options, str(directory / "nginx.conf")], directory, [port]):
        assert get(port, "/").body == b"one"
        console = re.search(r"console http://(\S+)/", (directory / "output").read_text())
        pid = int((directory / "pid").read_text())
        yield _Running(directory, port, pid, "" if console is None else console[1])
        said = (directory / "output").read_text()
    assert "Traceback" not in said and "exception" not in said, said


def test_a_reload_keeps_the_channels_and_ends_the_subscribers(tmp_path: Path) -> None:
    with _running(tmp_path) as running, subscription(running.port, "/sub/a") as stream:
        wait_for_subscribers(running.port, "/pub?id=a")
        publish(running.port, "/pub?id=a", b"hello")
        assert stream.line() == b"one hello"
        running.write("two")
        running.reload()
        assert stream.rest() == b"end\n"
        assert running.text == b"two"
        state = get(running.port, "/pub?id=a").json
        assert (state["stored_messages"], state["subscribers"]) == (1, 0)
        with subscription(running.port, "/sub/a.b1") as stream:
            assert stream.line() == b"one hello"  # as it was published
            wait_for_subscribers(running.port, "/pub?id=a")
            publish(running.port, "/pub?id=a", b"again")
            assert stream.line() == b"two again"


def test_a_request_under_way_is_finished(tmp_path: Path) -> None:
    with _running(tmp_path) as running, socket.create_connection(("127.0.0.1", running.port)) as client:
        client.sendall(b"POST /pub?id=a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhe")
        running.reload()
        client.sendall(b"llo")
        answer = b"".join(iter(lambda: client.recv(4096), b""))
        assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
        assert get(running.port, "/pub?id=a").json["published_messages"] == 1


def test_clients_find_the_port_open_all_the_time(tmp_path: Path) -> None:
    with _running(tmp_path) as running:
        for text in ("two", "three", "four"):
            running.write(text)
            os.kill(running.pid, signal.SIGHUP)
            for _ in range(20):
                assert get(running.port, "/").status == 200
            running.wait_for("ngxpush: reloaded ", {"two": 1, "three": 2, "four": 3}[text])
            assert running.text == text.encode()


def test_what_nginx_refuses_is_said_and_the_old_one_kept(tmp_path: Path) -> None:
    with _running(tmp_path) as running:
        (tmp_path / "sites" / "b.conf").write_text("servr {}")
        os.kill(running.pid, signal.SIGHUP)
        running.wait_for("ngxpush: not reloaded, the configuration before is kept\n")
        assert f'nginx: [emerg] unknown directive "servr" in {tmp_path}/sites/b.conf:1\n' in running.said
        assert running.text == b"one"


def test_a_port_that_can_not_be_bound_is_said_and_the_old_one_kept(tmp_path: Path) -> None:
    with _running(tmp_path) as running, socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        running.write("two")
        (tmp_path / "sites" / "b.conf").write_text(f"server {{ listen 127.0.0.1:{taken.getsockname()[1]}; }}")
        os.kill(running.pid, signal.SIGHUP)
        running.wait_for("ngxpush: not reloaded")
        assert running.text == b"one"
        (tmp_path / "sites" / "b.conf").unlink()
        running.reload()
        assert running.text == b"two"


def _is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_the_end_while_it_reloads(tmp_path: Path) -> None:
    """The sockets that the reload would go on with are closed then, which is no one's mistake."""
    with _running(tmp_path) as running:
        os.mkfifo(tmp_path / "sites" / "b.conf")
        os.kill(running.pid, signal.SIGHUP)
        with (tmp_path / "sites" / "b.conf").open("w") as pipe:  # it is being read
            os.kill(running.pid, signal.SIGTERM)
            wait_until(lambda: not _is_open(running.port))
            pipe.write("# nothing")
        running.wait_for("ngxpush: stopped: ")
        assert "can't listen" not in running.said
        assert "not reloaded" not in running.said


def test_a_zone_that_would_count_by_another_key_is_refused(tmp_path: Path) -> None:
    with _running(tmp_path) as running:
        for key in ("uri", "host"):
            (tmp_path / "sites" / "zone.conf").write_text(f"limit_req_zone ${key} zone=z:1m rate=1r/s;")
            os.kill(running.pid, signal.SIGHUP)
            running.wait_for("reloaded", 1 if key == "uri" else 2)
        assert 'nginx: [emerg] limit_req "z" uses the "$host" key while previously it used the "$uri" key\n' in running.said


def test_addresses_come_and_go(tmp_path: Path) -> None:
    with _running(tmp_path) as running:
        path, port = tmp_path / "socket", free_port()
        site = f"server {{ listen unix:{path}; listen 127.0.0.1:{port}; location / {{ return 200 more; }} }}"
        (tmp_path / "sites" / "b.conf").write_text(site)
        running.reload()
        assert get(port, "/").body == b"more"
        running.reload()
        assert path.exists()
        (tmp_path / "sites" / "b.conf").unlink()
        running.reload()
        assert not path.exists()
        with pytest.raises(OSError):
            get(port, "/")
        assert running.text == b"one"


def test_the_file_of_a_unix_socket_goes_with_it(tmp_path: Path) -> None:
    path = tmp_path / "socket"
    with _running(tmp_path) as running:
        (tmp_path / "sites" / "b.conf").write_text(f"server {{ listen unix:{path}; }}")
        running.reload()
        assert path.exists()
    assert not path.exists()


def test_the_console_goes_on(tmp_path: Path) -> None:
    with _running(tmp_path) as running:
        port = int(running.console.rpartition(":")[2])
        publish(running.port, "/pub?id=a", b"hello")
        page = get(port, "/channel?id=a").body
        token = re.search(rb'name="token" value="([^"]+)"', page)
        assert token is not None
        with subscription(port, "/channel/live?id=a") as looking:
            assert looking.line()
            running.reload()
            with contextlib.suppress(OSError, http.client.HTTPException):
                looking.rest()
        form = b"text=again&store=on&token=" + token[1]
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        assert ask(port, "POST", "/channel/publish?id=a", form, headers).body == b"Published: message 2.\n"
        with subscription(port, "/channel/live?id=a") as looking:
            assert looking.line()
            publish(running.port, "/pub?id=a", b"third")
            while b"<pre>third</pre>" not in looking.line():
                pass


def test_the_pid_file_moves(tmp_path: Path) -> None:
    with _running(tmp_path) as running:
        conf = tmp_path / "nginx.conf"
        conf.write_text(conf.read_text().replace("/pid;", "/other;"))
        running.reload()
        assert int((tmp_path / "other").read_text()) == running.pid
        assert not (tmp_path / "pid").exists()
    assert not (tmp_path / "other").exists()


def _break(running: _Running) -> None:
    running.write("one;}")
    running.wait_for("ngxpush: not reloaded")
    running.write("two")


def _add(running: _Running) -> None:
    site = f"server {{ listen 127.0.0.1:{running.port}; server_name b; }}"
    (running.directory / "sites" / "b.conf").write_text(site)


CHANGES: list[Callable[[_Running], object]] = [
    lambda running: running.write("two"),
    lambda running: (running.directory / "users").write_text("you:{PLAIN}secret\n"),
    _add,
    _break,
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_file_reloads(tmp_path: Path, change: Callable[[_Running], object]) -> None:
    with _running(tmp_path, "--watch") as running:
        change(running)
        running.wait_for("ngxpush: reloaded ")
        assert running.text in (b"one", b"two")


def test_what_was_said_is_not_said_again(tmp_path: Path) -> None:
    with _running(tmp_path) as running:
        conf = tmp_path / "nginx.conf"
        conf.write_text("worker_processes 4; " + conf.read_text())
        running.reload()
        running.reload()
        assert running.said.count("no effect: worker_processes") == 1
        assert running.said.count("listening on") == 1


def test_an_old_configuration_is_freed(tmp_path: Path) -> None:
    with _running(tmp_path) as running:

        def memory_after(reloads: int) -> int:
            """KiB in use."""
            for _ in range(reloads):
                running.reload()
            status = Path(f"/proc/{running.pid}/status").read_text()
            return int(re.findall(r"VmRSS:\s*(\d+) kB", status)[0])

        before = memory_after(10)
        assert memory_after(20) < before + 400  # each would take 75
