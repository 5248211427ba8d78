"""ngxpush.cli.output: what a command prints to a disk that is full."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

_ARGUMENTS = [["rule"], ["lint", "nginx.conf"], ["routes", "nginx.conf"], ["explain", "nginx.conf", "/"]]


@pytest.mark.parametrize("arguments", _ARGUMENTS)
def test_a_full_disk(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "nginx.conf").write_text("events { } http { server { listen 8080; } }")
    program = [sys.executable, "-c", "from ngxpush.cli.main import main; main()", *arguments]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(program, stdout=full, stderr=subprocess.PIPE, cwd=tmp_path, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, "ngxpush: can't write the output: No space left on device\n")
