"""The program as a whole: which command it is, and how it ends."""

from __future__ import annotations

import subprocess

import pytest

from tests.patience import PATIENCE
from tests.running import NGXPUSH


@pytest.mark.parametrize(
    ("arguments", "code", "output", "errors"),
    [
        ("--version", 0, "ngxpush 0", ""),
        ("rule PS999", 2, "", "there is no rule PS999"),
        ("nginx -v", 0, "", "nginx version: nginx/1.22.1"),
        ("nginx -t -- foo", 1, "", 'nginx: invalid option: "-"'),
        ("-- nginx -t -- foo", 1, "", 'nginx: invalid option: "-"'),
    ],
)
def test_its_end(arguments: str, code: int, output: str, errors: str) -> None:
    done = subprocess.run([NGXPUSH, *arguments.split()], capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == code
    assert output in done.stdout and errors in done.stderr


def test_a_standard_output_that_is_closed_is_no_error() -> None:
    done = subprocess.run(f"{NGXPUSH} nginx -v >&-", shell=True, stderr=subprocess.PIPE, timeout=PATIENCE)
    assert (done.returncode, done.stderr) == (0, b"nginx version: nginx/1.22.1\n")
