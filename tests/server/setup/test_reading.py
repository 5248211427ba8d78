"""What is said of a configuration before anything is opened."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ngxpush.server.setup.reading import Failed, read
from tests.server.setup.test_startup import Log, source_in


def test_reading_stops_at_the_first_fatal_message(tmp_path: Path) -> None:
    log = Log()
    with pytest.raises(Failed):
        read(source_in(tmp_path, "server { server_name a/b; nonsense on; other on; }"), log)
    conf = tmp_path / "nginx.conf"
    assert log == [
        f'[warn] server name "a/b" has suspicious symbols in {conf}:3',
        f'[emerg] unknown directive "nonsense" in {conf}:3',
    ]


def test_global_directives_have_no_file(tmp_path: Path) -> None:
    log = Log()
    with pytest.raises(Failed):
        read(source_in(tmp_path, directives="nonsense on;"), log)
    assert log == ['[emerg] unknown directive "nonsense" in command line']


@pytest.mark.parametrize(
    ("uid", "message"),
    [
        (0, '[emerg] getpwnam("no-such-user") failed in {conf}:1'),
        (
            1000,
            '[warn] the "user" directive makes sense only if the master process runs with super-user privileges, '
            "ignored in {conf}:1",
        ),
    ],
)
def test_the_user_of_the_workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, uid: int, message: str) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: uid)
    log = Log()
    source = source_in(tmp_path, main="user no-such-user;")
    if uid == 0:
        with pytest.raises(Failed):
            read(source, log)
    else:
        read(source, log)
    assert log == [message.format(conf=tmp_path / "nginx.conf")]


def test_a_wrong_user_is_reported_in_its_turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    log = Log()
    with pytest.raises(Failed):
        read(source_in(tmp_path, main="nonsense; user no-such-user;"), log)
    assert log == [f'[emerg] unknown directive "nonsense" in {tmp_path / "nginx.conf"}:1']
