"""Does what a page says, and compares what is printed with what it shows: `python -m tests.pages.play PAGE…`.

Each page begins in a directory of its own. That of README.md and the other pages of the project's directory looks like a clone;
those of docs/ begin in an empty one. Exit code 1: something in a page is not so. test_pages.py gives each page a network of its
own, so that all ports are free.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

from tests.patience import PATIENCE

from .network import bring_up_loopback
from .page import Command, File, PageError, Running, Step, contradicts, fits, steps
from .terminal import Background, Terminal

ROOT = Path(__file__).parents[2]
_PAUSE = 0.05


def play(path: Path) -> str | None:
    """What is wrong with a page, or None. Prints each step before it is taken."""
    with tempfile.TemporaryDirectory(prefix="ngxpush-page-", ignore_cleanup_errors=True) as scratch:
        os.chmod(scratch, 0o755)  # workers of a master that root starts are another user's
        directory, home = Path(scratch, "work"), Path(scratch, "home")
        directory.mkdir()
        home.mkdir()
        if path.resolve().parent == ROOT:
            for entry in ROOT.iterdir():
                (directory / entry.name).symlink_to(entry)
        return _Play(directory, _environment(home), Path(scratch)).all(steps(path))


class _Play:
    def __init__(self, directory: Path, environment: dict[str, str], scratch: Path) -> None:
        self._directory = directory
        self._environment = environment
        self._terminal = Terminal(directory, environment, scratch)
        self._running: list[tuple[Running, Background]] = []

    def all(self, todo: list[Step]) -> str | None:
        try:
            for step in todo:
                print(f"line {step.line}: {step.name if isinstance(step, File) else step.text}", flush=True)
                if wrong := self._one(step):
                    return f"line {step.line}: {wrong}"
            for step, background in self._running:
                if wrong := self._shown_by(step, background):
                    return f"line {step.line}: {wrong}"
            return None
        finally:
            for _, background in reversed(self._running):
                background.close()
            self._terminal.close()

    def _one(self, step: Step) -> str | None:
        match step:
            case File():
                path = self._directory / step.name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(step.text, "utf-8")
                return None
            case Command():
                return self._typed(step)
            case Running():
                return self._started(step)

    def _typed(self, step: Command) -> str | None:
        printed, code = self._terminal.run(step.text)
        if code != step.exit_code:
            return f"exit code {code}, not {step.exit_code}\n{printed}"
        if step.shown is not None and not fits(step.shown, printed, whole=True):
            return _other(step.shown, printed)
        return None

    def _started(self, step: Running) -> str | None:
        background = Background(step.text, self._terminal.directory, self._environment)
        self._running.append((step, background))
        if step.ready is None:
            return self._shown_by(step, background)
        deadline = time.monotonic() + PATIENCE
        while self._ask(step.ready) != 0:
            if background.has_ended:
                return f"it ended before it was ready\n{background.printed}"
            if time.monotonic() > deadline:
                return f"it is not ready after {PATIENCE:.0f} s\n{background.printed}"
            time.sleep(_PAUSE)
        return None

    def _ask(self, command: str) -> int:
        return subprocess.run(
            ["bash", "-c", command], cwd=self._terminal.directory, env=self._environment, capture_output=True
        ).returncode

    def _shown_by(self, step: Running, background: Background) -> str | None:
        print(f"    waits for what line {step.line} shows", flush=True)
        background.wait_until(lambda printed: fits(step.shown, printed, whole=False) or contradicts(step.shown, printed))
        return None if fits(step.shown, background.printed, whole=False) else _other(step.shown, background.printed)


def _other(shown: tuple[str, ...], printed: str) -> str:
    return "\n".join(("the page shows", *(f"    {line}" for line in shown), "and this is printed", _indented(printed)))


def _indented(printed: str) -> str:
    return "\n".join(f"    {line}" for line in printed.splitlines())


def _environment(home: Path) -> dict[str, str]:
    """That of a user who has just logged in, with the program of this environment."""
    path = os.pathsep.join((sysconfig.get_path("scripts"), os.environ.get("PATH", os.defpath)))
    kept = {name: os.environ[name] for name in ("PYTHONPYCACHEPREFIX", "PYTHONDONTWRITEBYTECODE") if name in os.environ}
    return {**kept, "HOME": str(home), "LANG": "C.UTF-8", "PATH": path}


def main() -> int:
    """The exit code."""
    bring_up_loopback()
    failed = 0
    for name in sys.argv[1:]:
        try:
            wrong = play(Path(name))
        except PageError as error:
            wrong = str(error)
        if wrong:
            print(f"{name}: {wrong}", file=sys.stderr)
            failed = 1
    return failed


if __name__ == "__main__":
    sys.exit(main())
