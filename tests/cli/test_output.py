"""ngxpush.cli.output: what a command prints to a disk that is full, and of a configuration that is not UTF-8."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

_ARGUMENTS = [
    ["rule"],
    ["lint", "nginx.conf"],
    ["routes", "nginx.conf"],
    ["explain", "nginx.conf", "/"],
    ["--help"],
    ["run", "--help"],
]


@pytest.mark.parametrize("arguments", _ARGUMENTS)
def test_a_full_disk(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "nginx.conf").write_text("events { } http { server { listen 8080; } }")
    program = [sys.executable, "-c", "from ngxpush.cli.main import main; main()", *arguments]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(program, stdout=full, stderr=subprocess.PIPE, cwd=tmp_path, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, "ngxpush: can't write the output: No space left on device\n")


@pytest.mark.parametrize(
    ("arguments", "stdout", "stderr"),
    [
        (["run", "refused.conf"], b"", b'nginx: [emerg] unknown directive "\xe9" in '),
        (["routes", "latin1.conf"], b"server \xe9.de", b""),
        (["routes", "--json", "latin1.conf"], '"\ufffd.de"'.encode(), b""),
    ],
)
def test_bytes_come_out_as_they_are_but_in_json(tmp_path: Path, arguments: list[str], stdout: bytes, stderr: bytes) -> None:
    (tmp_path / "refused.conf").write_bytes(b"events { } http { \xe9 on; }")
    (tmp_path / "latin1.conf").write_bytes(b"events { } http { server { listen 8080; server_name \xe9.de; } }")
    program = [sys.executable, "-X", "utf8", "-c", "from ngxpush.cli.main import main; main()", *arguments]
    strict = {**os.environ, "PYTHONIOENCODING": "utf-8:strict"}
    done = subprocess.run(program, capture_output=True, cwd=tmp_path, check=False, env=strict)
    assert stdout in done.stdout and stderr in done.stderr
    assert b"Traceback" not in done.stderr
