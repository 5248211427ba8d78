"""`ngxpush nginx` in this process. Beside the real nginx: tests/differential/test_command.py; as a daemon: tests/processes."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

import pytest
from click.testing import CliRunner

from ngxpush import __version__
from ngxpush.cli import nginx
from ngxpush.cli.commands import commands

_CONF = "pid nginx.pid;\nerror_log error.log;\nevents {}\nhttp { access_log off; server { listen 127.0.0.1:PORT; } }\n"


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    """A directory with a good configuration and one with a mistake."""
    good = _CONF.replace("PORT", "8080")
    (tmp_path / "nginx.conf").write_text(good)
    (tmp_path / "bad.conf").write_text(good + "nonsense on;\n")
    return tmp_path


def _run(prefix: Path, *words: str) -> int:
    return nginx.main(["-p", str(prefix), "-c", "nginx.conf", *words])


def _masked(text: str) -> str:
    return re.sub(r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d \[(\w+)\] \d+#\d+:", r"TIME [\1]", text)


def test_words_reach_it_as_they_stand() -> None:
    done = CliRunner().invoke(commands, ["nginx", "-t", "--", "foo"])
    assert (done.exit_code, done.output) == (1, 'nginx: invalid option: "-"\n')
    assert CliRunner().invoke(commands, ["nginx", "-h"]).output.startswith("nginx version: nginx/1.22.1\nUsage: nginx [-?hvVtTq]")


def test_the_long_version_says_what_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert nginx.main(["-V"]) == 0
    shown = capsys.readouterr().err
    assert shown.startswith(f"nginx version: nginx/1.22.1\nemulated by ngxpush {__version__} ")
    arguments = shown.partition("configure arguments: ")[2].split()
    assert {"--with-http_slice_module", "--with-http_realip_module", "--add-module=nginx-push-stream-module"} <= set(arguments)
    assert {"--with-http_v2_module", "--with-http_ssl_module"} <= set(arguments)
    assert not {"--with-http_mp4_module", "--with-http_index_module"} & set(arguments)


@pytest.mark.parametrize(
    ("words", "code", "errors"),
    [
        (
            ["-t"],
            0,
            "nginx: the configuration file PREFIX/nginx.conf syntax is ok\n"
            "nginx: configuration file PREFIX/nginx.conf test is successful\n",
        ),
        (["-tq"], 0, ""),
        (
            ["-tqc", "bad.conf"],
            1,
            'TIME [emerg] unknown directive "nonsense" in PREFIX/bad.conf:5\n'
            "nginx: configuration file PREFIX/bad.conf test failed\n",
        ),
        (
            ["-tq", "--channels", "redis://:secret@127.0.0.1:x"],
            1,
            'TIME [emerg] --channels has a URL that can\'t be used: "127.0.0.1:x" has no valid port\n'
            "nginx: configuration file PREFIX/nginx.conf test failed\n",
        ),
        (["-tq", "--channels", "redis://127.0.0.1:1"], 0, ""),
        (["-c", "bad.conf"], 1, 'TIME [emerg] unknown directive "nonsense" in PREFIX/bad.conf:5\n'),
        (
            ["-s", "stop"],
            1,
            "TIME [notice] signal process started\n"
            'TIME [error] open() "PREFIX/nginx.pid" failed (2: No such file or directory)\n',
        ),
    ],
)
def test_what_it_says(prefix: Path, capfd: pytest.CaptureFixture[str], words: list[str], code: int, errors: str) -> None:
    assert _run(prefix, *words) == code
    assert _masked(capfd.readouterr().err) == errors.replace("PREFIX", str(prefix))


def test_with_e_messages_go_to_that_file_and_briefly_to_the_terminal(prefix: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert _run(prefix, "-e", "start.log", "-c", "bad.conf") == 1
    message = f'unknown directive "nonsense" in {prefix}/bad.conf:5\n'
    assert capfd.readouterr().err == f"nginx: [emerg] {message}"
    assert _masked((prefix / "start.log").read_text()) == f"TIME [emerg] {message}"


def test_the_dump_shows_every_file_once(prefix: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (prefix / "part.conf").write_bytes(b"# \xff\n")
    conf = prefix / "nginx.conf"
    conf.write_text(conf.read_text() + "include part.conf;\ninclude part.conf;\n")
    assert _run(prefix, "-Tq") == 0
    output = capfd.readouterr().out
    assert output.startswith(f"# configuration file {conf}:\npid nginx.pid;\n")
    assert output.count(f"# configuration file {prefix}/part.conf:\n") == 1


@pytest.mark.parametrize(
    ("name", "number"),
    [("stop", signal.SIGTERM), ("quit", signal.SIGQUIT), ("reopen", signal.SIGUSR1), ("reload", signal.SIGHUP)],
)
def test_signals_go_to_the_pid_of_the_file(
    prefix: Path, monkeypatch: pytest.MonkeyPatch, name: str, number: signal.Signals
) -> None:
    sent: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "kill", lambda *arguments: sent.append(arguments))
    (prefix / "nginx.pid").write_text("4194000\n")
    assert _run(prefix, "-s", name) == 0
    assert sent == [(4194000, number)]


def test_a_signal_to_no_process(prefix: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (prefix / "nginx.pid").write_text("4194000\n")
    assert _run(prefix, "-s", "stop") == 1
    assert "[alert]" in (printed := capfd.readouterr().err) and "kill(4194000, 15) failed (3: No such process)" in printed
