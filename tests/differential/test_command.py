"""`ngxpush nginx` beside the real nginx 1.22.1: options, exit codes, what is printed where, what is written where."""

from __future__ import annotations

import contextlib
import re
import shlex
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from tests.forked import to_its_end
from tests.patience import PATIENCE
from tests.running import free_port

from .beside import needs_nginx, real_nginx

pytestmark = needs_nginx

_MAIN = "pid nginx.pid;\nerror_log logs/error.log;\n"
_HTTP = "http {\n access_log off;\n server { listen 127.0.0.1:PORT; }\n}\n"
_GOOD = _MAIN + "events {}\n" + _HTTP

_FILES = {
    "nginx.conf": _GOOD,
    "bad.conf": _GOOD + "nonsense on;\n",
    "warns.conf": _GOOD.replace("listen", "server_name a/b; listen"),
    "no-events.conf": _MAIN + _HTTP,
    "no-log-directory.conf": _GOOD.replace("logs/", "missing/"),
    "no-log-directive.conf": _GOOD.replace("error_log logs/error.log;\n", ""),
    "no-temporary-files.conf": _GOOD.replace("access_log", "client_body_temp_path missing/a/b; access_log"),
    "not-our-address.conf": _GOOD.replace("127.0.0.1", "192.0.2.1"),
    "address-in-use.conf": _GOOD.replace("PORT", "TAKEN"),
    "address-in-use-no-log.conf": _GOOD.replace("PORT", "TAKEN").replace("error_log logs/error.log;\n", ""),
    "pid-elsewhere.conf": _GOOD.replace("nginx.pid", "missing/nginx.pid"),
    "pid-no-number.conf": _GOOD.replace("nginx.pid", "words.pid"),
    "pid-of-no-process.conf": _GOOD.replace("nginx.pid", "no-process.pid"),
    "pid-negative.conf": _GOOD.replace("nginx.pid", "negative.pid"),
    "includes.conf": _MAIN + "events {}\ninclude parts/*.part;\ninclude words.pid.empty;\n" + _HTTP,
    "parts/1.part": "env A;\n",
    "parts/2.part": "env B;",
    "words.pid": "hello\n",
    "words.pid.empty": "",
    "no-process.pid": "4194000\n",
    "negative.pid": "-5\n",
}

_TABLE = """
-? | -h | -v | -vt | -hq | -tv | -x | -tx | --help | foo | -t foo | -t -- foo | -c | -tc | -s | -sfoo | -s STOP | -p | -e | -g
-t | -tq | -qt | -tt | -T | -Tq | -T -c includes.conf | -T -c bad.conf | -t -c bad.conf | -tqc bad.conf | -c bad.conf
-t -c missing.conf | -c missing.conf | -t -c "" | -t -c parts | -t -c warns.conf | -tq -c warns.conf
-s stop | -sstop | -s quit -c bad.conf | -s reload | -s reopen -q | -t -s stop | -T -s stop
-s stop -c pid-elsewhere.conf | -s stop -c pid-no-number.conf | -s stop -c pid-of-no-process.conf | -s stop -c pid-negative.conf
-t -g "x;" | -t -g "daemon off;" | -t -g "daemon off" | -t -g "pid x;" | -t -g "user nosuch;" | -t -g "error_log stderr;"
-t -e start.log | -t -e start.log -c bad.conf | -t -e start.log -c warns.conf | -e start.log -c bad.conf | -e start.log -s stop
-t -e missing/start.log | -t -e stderr -c bad.conf | -t -e ""
-t -c no-events.conf | -c no-events.conf | -t -c no-log-directory.conf | -c no-log-directory.conf | -t -c no-temporary-files.conf
-c no-temporary-files.conf | -t -c not-our-address.conf | -c not-our-address.conf | -t -c address-in-use.conf
-c address-in-use.conf | -c address-in-use-no-log.conf | -e start.log -c address-in-use-no-log.conf
-e missing/start.log -c address-in-use-no-log.conf | -t -c pid-elsewhere.conf | -t -c no-log-directive.conf
"""

# Lines none of which starts a server that stays. The files are those above.
LINES = [line.strip() for line in _TABLE.replace("\n", "|").split("|") if line.strip()]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command did. Times, pids and versions of the push module's own are left out."""

    code: int
    output: str
    errors: str
    logs: dict[str, str]
    files: list[str]


def _run(command: Callable[..., tuple[int, str, str]], line: str, directory: Path, ports: dict[str, str]) -> Outcome:
    shutil.rmtree(directory, ignore_errors=True)
    for name, text in {**_FILES, "logs/keep": ""}.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(re.sub("PORT|TAKEN", lambda match: ports[match[0]], text))
    words = shlex.split(line)
    if "-p" not in words:
        words = ["-p", f"{directory}/", *words]
    if not any(word in ("-c", "-tc", "-tqc") for word in words):
        words += ["-c", "nginx.conf"]
    code, output, errors = command(*words)
    files = sorted(str(path.relative_to(directory)) for path in directory.rglob("*"))
    logs = {name: _masked((directory / name).read_text()) for name in files if name.endswith(".log")}
    return Outcome(code, _masked(output), _masked(errors), logs, files)


def _nginx(*words: str) -> tuple[int, str, str]:
    done = subprocess.run([*real_nginx(), *words], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=PATIENCE)
    return done.returncode, done.stdout, done.stderr


def _masked(text: str) -> str:
    return re.sub(r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d \[(\w+)\] \d+#\d+:", r"TIME [\1] PID:", text)


@contextlib.contextmanager
def _ports() -> Iterator[dict[str, str]]:
    """A free port, and one that is taken."""
    with socket.create_server(("127.0.0.1", free_port())) as taken:
        yield {"PORT": str(free_port()), "TAKEN": str(taken.getsockname()[1])}


def _both(line: str, directory: Path) -> tuple[Outcome, Outcome]:
    """What nginx and ngxpush do."""
    with _ports() as ports:
        theirs = _run(_nginx, line, directory / "prefix", ports)
        return theirs, _run(partial(to_its_end, "nginx"), line, directory / "prefix", ports)


def disagreements(directory: Path) -> list[str]:
    """The lines that don't do the same, in words."""
    both = [(line, *_both(line, directory)) for line in LINES]
    return [f"{line}\n    nginx   {theirs}\n    ngxpush {ours}" for line, theirs, ours in both if ours != theirs]


@pytest.mark.parametrize("line", LINES)
def test_same_as_nginx(line: str, tmp_path: Path) -> None:
    theirs, ours = _both(line, tmp_path)
    assert ours == theirs
