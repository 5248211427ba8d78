"""Answers of upstream servers, good and broken, behind the real nginx 1.22.1 and behind ngxpush.

Compared for each: every byte the client gets, whether the two connections are kept, and the lines of both logs.
NGXPUSH_FUZZ_ANSWERS=20000 asks for more answers, NGXPUSH_FUZZ_SEED=1 for other ones.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
from collections import defaultdict
from pathlib import Path

import pytest

from tests.differential.beside import OURS, access_lines, error_lines, needs_nginx, real_nginx, same, serving
from tests.running import free_port

from .backend import Backend
from .comparing import REPEATS, accepted, several_at_once, words
from .parts import END
from .upstream_answers import Case, cases

pytestmark = [needs_nginx, pytest.mark.timed("pieces that come with a pause between them, and answers that are slow on purpose")]

_COUNT = int(os.environ.get("NGXPUSH_FUZZ_ANSWERS", "1000"))
_SEED = int(os.environ.get("NGXPUSH_FUZZ_SEED", "0"))
_AT_ONCE = 16
# Seconds.
_PATIENCE = 10
_SLOW = b"(not all in time)"
# Which of them nginx writes depends on whether the end of the connection comes with the last bytes.
_RACE = re.compile(r" while (sending to client|reading upstream)")
# Whether a connection that a tunnel has come over ends or is reset depends on what its server has not read yet.
_RESET = "recv() failed (104: Connection reset by peer) while proxying upgraded connection"
_BOUNDARY = re.compile(r"\b\d{20}\b")
# Numbers that stand nowhere else in an answer.
_FIRST = 700_000_000
_NUMBER = re.compile(r"/[a-z]+/(\d+)[ ?]")


class Side:
    """One of the two servers, with a backend of its own.  answers: what the client got, by number."""

    def __init__(self, command: list[str], directory: Path) -> None:
        self.command = command
        self.directory = directory
        self.ports = {name: free_port() for name in ("PORT1", "PORT2", "PORT3")}
        self.backend = Backend()
        self.answers: dict[int, str] = {}

    async def ask(self, numbered: dict[int, Case], at_once: int) -> None:
        """Ask for all the answers, so many at once."""
        self.backend.cases.update(numbered)

        async def ask(numbered: tuple[int, Case]) -> None:
            number, case = numbered
            answer = await _ask(self.ports["PORT1"], case.request(number))
            self.answers[number] = same(answer.decode("latin-1"), self.ports, self.directory)

        await several_at_once(numbered.items(), at_once, ask)
        # A server may log a request only when its client has closed: that is done before what comes later.
        for _ in range(2):
            await _ask(self.ports["PORT1"], END)

    def seen(self) -> dict[int, tuple[object, ...]]:
        """All there is to see of each answer."""
        logged: dict[int, list[str]] = defaultdict(list)
        for line in access_lines(self.ports, self.directory) + error_lines(self.ports, self.directory):
            found = _NUMBER.search(line)
            if found is not None and _RESET not in line:
                logged[int(found[1])].append(_BOUNDARY.sub("BOUNDARY", _RACE.sub("", line.replace(found[1], "N"))))
        closed = self.backend.closed
        return {
            number: (_BOUNDARY.sub("BOUNDARY", answer.replace(str(number), "N")), number in closed, *sorted(logged[number]))
            if answer != _SLOW.decode()
            else (answer, False)
            for number, answer in self.answers.items()
        }


async def _ask(port: int, request: bytes) -> bytes:
    """All that comes until the server closes; _SLOW if it does not in time, as with an X-Accel-Limit-Rate of a few bytes."""
    answer = b""
    with contextlib.suppress(ConnectionError):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request)
        try:
            async with asyncio.timeout(_PATIENCE):
                while piece := await reader.read(65536):
                    answer += piece
        except TimeoutError:
            answer = _SLOW
        writer.close()
    return answer


async def disagreements(count: int, seed: int, directory: Path) -> list[str]:
    """What the two servers do differently, in words."""
    sides = [Side(real_nginx(), directory / "nginx"), Side(OURS, directory / "ngxpush")]
    conf = Path(__file__).with_name("upstream_answers.conf")
    numbered = dict(enumerate(cases(seed, count), _FIRST))
    async with contextlib.AsyncExitStack() as stack:
        for side in sides:
            backend = side.backend
            for name, answer in (("PORT2", backend.answer), ("PORT3", backend.answer_well)):
                await stack.enter_async_context(await asyncio.start_server(answer, "127.0.0.1", side.ports[name], backlog=1024))
            stack.enter_context(serving(side.command, conf, side.ports, side.directory))
        await asyncio.gather(*(side.ask(numbered, _AT_ONCE) for side in sides))
        first, second = (side.seen() for side in sides)
        asked = {number + count: case for number, case in numbered.items() if first[number] != second[number]}
        for _ in range(REPEATS):
            await asyncio.gather(*(side.ask(asked, 1) for side in sides))
            first, second = (side.seen() for side in sides)
            different = {number: case for number, case in asked.items() if _joined(first[number]) != _joined(second[number])}
            asked = {number + count: case for number, case in different.items()}
    return [words(_in_words(case), first[number], second[number]) for number, case in different.items()]


def _in_words(case: Case) -> str:
    return f"{case.location} {case.method} {case.lines} {'STAYS' if case.stays else 'CLOSES'} {case.pieces!r}"


_CHUNK = re.compile(r"([0-9a-f]+)\r\n", re.ASCII)
_BODY_BYTES = re.compile(r"(/N \d{3}) \d+ ")
_LENGTHS = re.compile(r"(?<=PORT2 \d{3} )(\d+) (\d+) (\d+)(?= )")
_CUT_OFF = re.compile(r"prematurely closed|timed out|invalid chunked")


def _joined(seen: tuple[object, ...]) -> tuple[object, ...]:
    """What is seen, without what docs/reference/differences.md names: into how many chunks a body is cut (it depends on what has
    come when nginx looks), what is read after the end of a body, and the end of what a sub filter has kept when the answer is cut
    off.
    """
    answer, *more = seen
    assert isinstance(answer, str)
    lines = [line for line in more if isinstance(line, str)]
    head, end, rest = answer.partition("\r\n\r\n")
    body = ""
    while "Transfer-Encoding: chunked" in head and (size := _CHUNK.match(rest)) and size[1] != "0":
        start = size.end()
        body += rest[start : start + int(size[1], 16)]
        rest = rest[start + int(size[1], 16) + 2 :]
    if any("/sub/N" in line and _CUT_OFF.search(line) for line in lines):
        body = rest = ""
    lines = sorted(_LENGTHS.sub(_without_excess, _BODY_BYTES.sub(r"\1 ", line)) for line in lines)
    return head + end + body + rest, more[0], *lines


def _without_excess(lengths: re.Match[str]) -> str:
    """The length of the body, the bytes received and the Content-Length in the access log."""
    return lengths[3] if int(lengths[1]) > int(lengths[3]) else lengths[0]


def test_nginx_and_ngxpush_do_the_same_with_every_answer(tmp_path: Path) -> None:
    different = asyncio.run(disagreements(_COUNT, _SEED, tmp_path))
    assert len(different) <= accepted(_COUNT), f"{len(different)} of {_COUNT} answers:\n" + "\n".join(different)
