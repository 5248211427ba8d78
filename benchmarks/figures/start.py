"""Start: the times a user waits for a server to start and to stop, and for its first answer.

`nginx` goes into the background; what it reads is the configuration of the other figures.
"""

from __future__ import annotations

import contextlib
import http.client
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from ..contestants import Contestant, Nginx
from ..plan import Options, Task, Values, Where
from ..servers import free_port, nginx_command, scratch


def tasks(_: Options, contestants: Sequence[Contestant]) -> Iterator[Task]:
    """Two tasks: nginx's command line; and `ngxpush run`."""
    servers = [contestant for contestant in contestants if isinstance(contestant.server, Nginx)]
    yield Task("start", servers, [{"command": "nginx"}], _measure_nginx)
    yield Task("start", [one for one in servers if "ngxpush" in one.name], [{"command": "run"}], _measure_run)


def _measure_nginx(contestant: Contestant, _: int) -> Iterator[tuple[Where, Values]]:
    """Start, first answer, `-s stop`, and the end of the master, whose pid file is gone then."""
    assert isinstance(contestant.server, Nginx)
    with scratch() as directory, (directory / "output").open("wb") as output:
        port = free_port()
        command = nginx_command(directory, port, contestant.server.text(), contestant.server.binary)
        began = time.monotonic()
        subprocess.run(command, check=True, timeout=20, stdout=output, stderr=output)
        started = time.monotonic()
        _first_answer(port)
        answered = time.monotonic()
        subprocess.run([*command, "-s", "stop"], check=True, timeout=20, stdout=output, stderr=output)
        _wait_until_gone(directory / "nginx.pid")
        ended = time.monotonic()
        yield (
            {"command": "nginx"},
            {"start_s": started - began, "answer_s": answered - started, "stop_s": ended - answered, "cycle_s": ended - began},
        )


def _measure_run(contestant: Contestant, _: int) -> Iterator[tuple[Where, Values]]:
    """`ngxpush run` from its start until a request is answered."""
    assert isinstance(contestant.server, Nginx)
    with scratch() as directory, (directory / "output").open("wb") as output:
        port = free_port()
        nginx_command(directory, port, contestant.server.text(), contestant.server.binary)
        began = time.monotonic()
        process = subprocess.Popen(
            [contestant.server.binary, "run", str(directory / "nginx.conf")], cwd=directory, stdout=output, stderr=output
        )
        try:
            _first_answer(port)
            answered = time.monotonic()
        finally:
            process.terminate()
            process.wait(20)
        yield {"command": "run"}, {"answer_s": answered - began}


def _first_answer(port: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        with contextlib.closing(connection), contextlib.suppress(OSError):
            connection.request("GET", "/none")
            if connection.getresponse().status == 204:
                return
        time.sleep(0.001)
    raise TimeoutError("no answer")


def _wait_until_gone(path: Path) -> None:
    deadline = time.monotonic() + 20
    while path.exists():
        if time.monotonic() > deadline:
            raise TimeoutError("the server does not stop")
        time.sleep(0.001)
