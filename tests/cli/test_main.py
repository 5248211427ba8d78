"""The programs as a whole: which command it is, and how it ends."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ngxpush import __version__
from ngxpush.cli.nginx_options import HELP
from tests.patience import PATIENCE
from tests.running import NGXPUSH, NGXPUSH_NGINX


@pytest.mark.parametrize(
    ("arguments", "code", "output", "errors"),
    [
        ("--version", 0, "ngxpush 0", ""),
        ("rule PS999", 2, "", "there is no rule PS999"),
        ("rnu nginx.conf", 2, "", "Error: No such command 'rnu'. Did you mean 'run'?\n"),
        (__file__, 2, "", f"Error: No such command '{__file__}'. Did you mean 'run {__file__}'?\n"),
        ("nginx.conf", 2, "", "Did you mean 'run nginx.conf'?\n"),
        ("serve", 2, "", "Error: No such command 'serve'.\n"),
        ("nginx -v", 0, "", "nginx version: nginx/1.22.1"),
        ("nginx -t -- foo", 1, "", 'nginx: invalid option: "-"'),
        ("-- nginx -t -- foo", 1, "", 'nginx: invalid option: "-"'),
        ("nginx --help", 0, f"ngxpush-nginx, which takes the same options\n{HELP}", ""),
        ("nginx -t --help", 1, "", 'nginx: invalid option: "-"'),
    ],
)
def test_its_end(arguments: str, code: int, output: str, errors: str) -> None:
    done = subprocess.run([NGXPUSH, *arguments.split()], capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == code
    assert all(line in done.stdout for line in output.splitlines()) and errors in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "errors"),
    [
        (["-v"], 0, "nginx version: nginx/1.22.1\n"),
        # nginx has no --help, and what stands in for it says what it says.
        (["--help"], 1, 'nginx: invalid option: "-"\n'),
        (["nginx", "-v"], 1, 'nginx: invalid option: "nginx"\n'),
        (["lint"], 1, 'nginx: invalid option: "lint"\n'),
    ],
)
def test_the_program_that_stands_in_for_nginx(arguments: list[str], code: int, errors: str) -> None:
    done = subprocess.run([NGXPUSH_NGINX, *arguments], capture_output=True, text=True, timeout=PATIENCE)
    assert (done.returncode, done.stdout, done.stderr) == (code, "", errors)


def test_scripts_reach_it_as_a_link_in_path(tmp_path: Path) -> None:
    """An alias of a shell reaches no script."""
    (tmp_path / "nginx").symlink_to(NGXPUSH_NGINX)
    (tmp_path / "nginx.conf").write_text(f"events {{}} pid {tmp_path}/nginx.pid; error_log {tmp_path}/error.log;")
    path = f"{tmp_path}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", 'nginx -t -p "$0" -c nginx.conf', tmp_path],
        capture_output=True, text=True, timeout=PATIENCE, env={**os.environ, "PATH": path},
    )  # fmt: skip
    assert done.returncode == 0
    assert done.stderr.endswith(f"nginx: configuration file {tmp_path}/nginx.conf test is successful\n")


def test_windows_is_refused_by_a_sentence() -> None:
    program = "import sys; sys.platform = 'win32'; from ngxpush.cli.main import main; main()"
    done = subprocess.run([sys.executable, "-c", program, "run", "x"], capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 1
    assert done.stderr.startswith("ngxpush needs Linux or macOS: on Windows run it in WSL")
    assert done.stderr.count("\n") == 1


def test_python_m() -> None:
    done = subprocess.run([sys.executable, "-m", "ngxpush", "--version"], capture_output=True, text=True, timeout=PATIENCE)
    assert (done.returncode, done.stdout) == (0, f"ngxpush {__version__}\n")


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
    done = subprocess.run([NGXPUSH], env=os.environ | asked, capture_output=True, text=True, timeout=PATIENCE)
    assert done.stdout.startswith(expected), done


def test_a_standard_output_that_is_closed_is_no_error() -> None:
    done = subprocess.run(f"{NGXPUSH} nginx -v >&-", shell=True, stderr=subprocess.PIPE, timeout=PATIENCE)
    assert (done.returncode, done.stderr) == (0, b"nginx version: nginx/1.22.1\n")
