"""The recordings of the push stream module, played against `ngxpush nginx` whose channels are in Redis: equal, byte for byte.

They are a part of `make test` of their own (`python -m tests channels`).  Each begins with an empty Redis.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.conformance.player import differences, program
from tests.conformance.test_recordings import FULL_SIZE, KNOWN, PATHS, name
from tests.fidelity.differences import Kind
from tests.forked import Forked
from tests.running import NGXPUSH
from tests.server.redis.servers import RedisServer, needs_redis, redis_server

pytestmark = [needs_redis, pytest.mark.timed("a recording waits for an answer as long as its client did")]

_ONE_TURN = "what a client sends behind a publish is dealt with in the same turn; an answer of Redis takes longer"
EXCEPTIONS: dict[str, str] = {
    "found_causes/push-streaming-behind-a-publish": _ONE_TURN,
    "found_causes/push-waiting-behind-a-publish": _ONE_TURN,
    "found_push/push-turns/post-del-body": _ONE_TURN,
    "found_push/push-turns/post-post-lplp": _ONE_TURN,
    "push_combined/push_combined/reload-changes-configuration": "messages have the templates of the server that delivers them",
}
"""Recordings that need not be equal with Redis, and why."""


def _serves_channels(path: Path) -> bool:
    """Whether a recording has a zone, and a server that may use it."""
    recording = json.loads(path.read_text("utf-8"))
    starts = any(not {"configtest", "run"} & step.keys() for step in recording["steps"])
    return starts and "push_stream_shared_memory_size" in recording["config"]


def _parameter(path: Path) -> object:
    found, row = name(path), KNOWN.get(name(path))
    marks = [] if row is None else [pytest.mark.xfail(reason=row.title, strict=row.kind is not Kind.RACE)]
    if found in EXCEPTIONS:
        marks = [pytest.mark.xfail(reason=EXCEPTIONS[found], strict=False)]
    return pytest.param(path, id=found, marks=marks)


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    """It says that it keeps what it has, so that no error log has a warning that nginx does not write."""
    with redis_server(persistent=True, appendfsync="no") as server:
        yield server


@pytest.mark.parametrize("path", [_parameter(path) for path in PATHS if _serves_channels(path)])
def test_recording(path: Path, redis: RedisServer) -> None:
    redis.cli("FLUSHALL")

    def server(arguments: Sequence[str], stdout: Path, stderr: Path) -> object:
        words = ["--channels", redis.url, *arguments]
        return program(str(NGXPUSH), "nginx")(words, stdout, stderr) if FULL_SIZE else Forked("nginx", words, stdout, stderr)

    report = differences(path, server)
    assert not report, "\n".join([name(path), *report])
