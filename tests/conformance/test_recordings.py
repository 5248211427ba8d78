"""Every recording of the real server is played against `ngxpush nginx` and must be equal, byte for byte.

Recordings are time-bound: most of a play is waiting, so many of them run side by side (pytest -n 8 on two cores). On a busy
machine an answer may come later than a recording waits; so `make test` plays those that failed once more, one after the other.
"""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

import pytest

from tests.conformance.player import differences, program
from tests.forked import Forked
from tests.running import NGXPUSH

_HERE = Path(__file__).parent
_RECORDINGS = _HERE / "recordings"
_SERVER = program(str(NGXPUSH), "nginx") if os.environ.get("NGXPUSH_FULL_SIZE") else partial(Forked, "nginx")


def _known_differences() -> dict[str, str]:
    """The recordings that are known not to be equal, with the reason: lines `NAME REASON…` of known_differences.txt."""
    lines = (_HERE / "known_differences.txt").read_text("utf-8").splitlines()
    entries = [line.partition(" ") for line in lines if line and not line.startswith("#")]
    return {name: reason for name, _, reason in entries}


def _name(path: Path) -> str:
    return path.relative_to(_RECORDINGS).with_suffix("").as_posix()


_PATHS = sorted(_RECORDINGS.rglob("*.json"))
_KNOWN = _known_differences()


def _parameters() -> list[object]:
    """One parameter for each recording. `pytest -rX` lists the known differences that have become equal."""
    return [
        pytest.param(path, id=name, marks=[pytest.mark.xfail(reason=_KNOWN[name], strict=False)] if name in _KNOWN else [])
        for path, name in ((path, _name(path)) for path in _PATHS)
    ]


@pytest.mark.parametrize("path", _parameters())
def test_recording(path: Path) -> None:
    report = differences(path, _SERVER)
    assert not report, "\n".join([_name(path), *report])


def test_known_differences_name_recordings() -> None:
    assert _KNOWN.keys() <= {_name(path) for path in _PATHS}
