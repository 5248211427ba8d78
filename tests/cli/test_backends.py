"""Whether someone listens where requests are passed on to."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from ngxpush.cli.backends import listens, warn_of_silent_backends
from ngxpush.cli.configuration import warn
from ngxpush.config.analyzer import analyze
from ngxpush.config.backends import Backend
from ngxpush.config.tree import Position, Statement
from tests.machine import Machine
from tests.running import free_port

_STATEMENT = Statement(b"proxy_pass", (b"http://127.0.0.1:1",), Position("a.conf", 1), Position("a.conf", 1))


@pytest.fixture
def port() -> Iterator[int]:
    """A port on which someone listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_ports(port: int) -> None:
    assert listens(Backend(_STATEMENT, "127.0.0.1", port))
    assert listens(Backend(_STATEMENT, "localhost", port))
    assert not listens(Backend(_STATEMENT, "127.0.0.1", free_port()))


def test_unix_sockets(tmp_path: Path) -> None:
    path = tmp_path / "socket"
    assert not listens(Backend(_STATEMENT, "", 0, str(path)))
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        assert not listens(Backend(_STATEMENT, "", 0, str(path)))
        server.listen()
        assert listens(Backend(_STATEMENT, "", 0, str(path)))
    # It can't be asked: its name is too long.
    assert listens(Backend(_STATEMENT, "", 0, str(tmp_path / ("a" * 200))))


def test_one_warning_for_all(port: int, capsys: pytest.CaptureFixture[str]) -> None:
    silent = free_port()
    locations = f"location / {{ proxy_pass http://127.0.0.1:{port}; }} location /a {{ proxy_pass http://127.0.0.1:{silent}; }}"
    text = f"events {{}} http {{ server {{ {locations}\n location /b {{ proxy_pass http://127.0.0.1:{silent}; }} }} }}"
    analysis = analyze("/a.conf", "/", system=Machine({"/a.conf": text.encode()}))
    warn_of_silent_backends(analysis, warn)
    where = f"127.0.0.1:{silent} (/a.conf:1, 2)"
    said = f"warning: no one listens on {where}: what is passed on there is answered with 502 until someone does"
    assert capsys.readouterr().err == said + "\n"
