"""The program as a whole: which command it is, and how it ends."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from ngxpush import __version__
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
    done = subprocess.run([NGXPUSH, *arguments.split()], capture_output=True, text=True, timeout=30)
    assert done.returncode == code
    assert output in done.stdout and errors in done.stderr


def test_windows_is_refused_by_a_sentence() -> None:
    program = "import sys; sys.platform = 'win32'; from ngxpush.cli.main import main; main()"
    done = subprocess.run([sys.executable, "-c", program, "run", "x"], capture_output=True, text=True, timeout=30)
    assert done.returncode == 1
    assert done.stderr.startswith("ngxpush needs Linux or macOS: on Windows run it in WSL")
    assert done.stderr.count("\n") == 1


def test_python_m() -> None:
    done = subprocess.run([sys.executable, "-m", "ngxpush", "--version"], capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stdout.split()[-1]) == (0, __version__)


@pytest.mark.parametrize(
    ("shell", "words", "expected"),
    [
        ("bash", "ngxpush su", "plain,sub"),
        ("zsh", "ngxpush su", "plain\nsub\n"),
        ("fish", "ngxpush su", "plain,sub\t"),
        ("bash", "ngxpush sub --mo", "plain,--mode"),
        ("bash", "ngxpush sub --mode ev", "plain,eventsource"),
    ],
)
def test_completion(shell: str, words: str, expected: str) -> None:
    last = words.split()[-1]
    number = last if shell == "fish" else str(len(words.split()) - 1)
    asked = {"_NGXPUSH_COMPLETE": f"{shell}_complete", "COMP_WORDS": words, "COMP_CWORD": number}
    done = subprocess.run([NGXPUSH], env=os.environ | asked, capture_output=True, text=True, timeout=30)
    assert done.stdout.startswith(expected), done


def test_a_standard_output_that_is_closed_is_no_error() -> None:
    done = subprocess.run(f"{NGXPUSH} nginx -v >&-", shell=True, stderr=subprocess.PIPE, timeout=30)
    assert (done.returncode, done.stderr) == (0, b"nginx version: nginx/1.22.1\n")
