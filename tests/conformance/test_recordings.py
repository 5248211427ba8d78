"""Every recording of the real server is played against `ngxpush nginx` and must be equal, byte for byte.

Recordings are time-bound: most of a play is waiting, so many of them run side by side (pytest -n 8 on two cores). On a busy
machine an answer may come later than a recording waits.
"""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

import pytest

from tests.conformance.player import differences, program
from tests.fidelity.differences import DIFFERENCES, Kind
from tests.forked import Forked
from tests.running import NGXPUSH

_HERE = Path(__file__).parent
_RECORDINGS = _HERE / "recordings"
FULL_SIZE = bool(os.environ.get("NGXPUSH_FULL_SIZE"))
_SERVER = program(str(NGXPUSH), "nginx") if FULL_SIZE else partial(Forked, "nginx")
# Random scenarios of subscribers, several minutes of waiting: `make fidelity` plays them.
_SLOW = "generated_push"


def name(path: Path) -> str:
    return path.relative_to(_RECORDINGS).with_suffix("").as_posix()


pytestmark = pytest.mark.timed("a recording waits for an answer as long as its client did")
PATHS = [path for path in sorted(_RECORDINGS.rglob("*.json")) if FULL_SIZE or _SLOW not in path.parts]
# Root recorded all of them: it listens on port 80, its `user` is obeyed, and its workers, which are nobody's, may not write.
_OF_ROOT = frozenset(
    {
        "generated_config/000291",
        "generated_config/000615",
        "found_config/found-config/empty-arguments-of-the-main-block-1",
        "found_causes/core-dav-delete",
        "found_flow/found-flow/dav-copydir",
        "found_flow/found-flow/dav-delete",
        "found_flow/found-flow/dav-put",
    }
)
_needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs to be started by root")
KNOWN = {name: row for row in DIFFERENCES for name in row.recordings}


def _parameter(path: Path) -> object:
    """A recording. One that stands in tests/fidelity/differences.toml has to differ, unless a race decides."""
    row = KNOWN.get(name(path))
    marks = [_needs_root] if name(path) in _OF_ROOT else []
    if row is not None:
        marks.append(pytest.mark.xfail(reason=row.title, strict=row.kind is not Kind.RACE))
    return pytest.param(path, id=name(path), marks=marks)


@pytest.mark.parametrize("path", [_parameter(path) for path in PATHS])
def test_recording(path: Path) -> None:
    report = differences(path, _SERVER)
    assert not report, "\n".join([name(path), *report])
