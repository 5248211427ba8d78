"""The load generator, load.c: compiled when it is needed, and spoken to."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from .servers import keep_to_cores

_SOURCE = Path(__file__).with_name("load.c")


class NoCompiler(Exception):
    """There is no `cc`."""


@cache
def compiled() -> str:
    """The compiled program, which stays until this process ends."""
    compiler = shutil.which("cc")
    if compiler is None:
        raise NoCompiler(
            "the load generator needs a C compiler, `cc`, and there is none (on Debian: apt-get install gcc libc6-dev)"
        )
    directory = tempfile.TemporaryDirectory(prefix="benchmark-load-")
    _directories.append(directory)
    program = str(Path(directory.name) / "load")
    subprocess.run([compiler, "-O2", "-o", program, str(_SOURCE)], check=True)
    return program


_directories: list[tempfile.TemporaryDirectory[str]] = []


@dataclass(frozen=True, slots=True)
class Done:
    """What a command has done, by how many; how long by the clock and of the generator's own processor time, in seconds.

    closed: subscribers that the server has closed so far. percentiles: in seconds, for `latency`.
    """

    done: int
    seconds: float
    own_seconds: float
    closed: int
    percentiles: dict[str, float]


class Load:
    """A running load generator. Its commands are described in load.c; RuntimeError where one fails."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def subscribe(self, number: int, request: bytes) -> Done:
        """Connect so many more subscribers."""
        return self._ask(f"subscribe {number} {len(request)}", request)

    def publishers(self, number: int, opening: bytes, message: bytes) -> Done:
        """Connect so many publishers, in place of those before."""
        return self._ask(f"publishers {number} {len(opening)} {len(message)}", opening + message)

    def deliver(self, rounds: int) -> Done:
        """One message of each publisher to everyone, in each round."""
        return self._ask(f"deliver {rounds}")

    def latency(self, rounds: int, pause_ms: int) -> Done:
        """The same with a pause in between, and percentiles."""
        return self._ask(f"latency {rounds} {pause_ms}")

    def watch(self, milliseconds: int) -> Done:
        """Read what comes."""
        return self._ask(f"watch {milliseconds}")

    def publish(self, number: int) -> Done:
        """So many messages, by all publishers at the same time."""
        return self._ask(f"publish {number}")

    def ask(self, number: int, request: bytes) -> Done:
        """Connect so many long-polling clients."""
        return self._ask(f"ask {number} {len(request)}", request)

    def poll(self, rounds: int) -> Done:
        """One message to all of them in each round, and they ask again."""
        return self._ask(f"poll {rounds}")

    def _ask(self, line: str, requests: bytes = b"") -> Done:
        assert self._process.stdin is not None and self._process.stdout is not None
        try:
            self._process.stdin.write(line.encode() + b"\n" + requests)
            self._process.stdin.flush()
        except BrokenPipeError:
            raise RuntimeError("the load generator has ended") from None
        answer = json.loads(self._process.stdout.readline() or b'{"error": "the load generator has ended"}')
        if "error" in answer:
            raise RuntimeError(answer["error"])
        percentiles = {name: answer[name] for name in ("p50", "p95", "p99", "max") if name in answer}
        return Done(answer["done"], answer["seconds"], answer["own_seconds"], answer["closed"], percentiles)


@contextlib.contextmanager
def load(port: int) -> Iterator[Load]:
    """A load generator for the server on this port while the block lasts. NoCompiler where it can't be compiled."""
    process = subprocess.Popen(
        [compiled(), str(port)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        preexec_fn=partial(keep_to_cores, generator=True),
    )
    try:
        yield Load(process)
    finally:
        process.kill()
        process.communicate()
