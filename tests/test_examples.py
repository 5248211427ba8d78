"""The examples' own tests, run as their readers run them. Each is skipped where what it is written with is missing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.patience import PATIENCE
from tests.running import NGXPUSH

EXAMPLES = Path(__file__).parents[1] / "examples"

# A version with node:test and fetch, which Debian 12 has.
_NODE = 18


def _run(directory: str, *command: str) -> str:
    """Run a command there, with this environment's programs found first. Returns what it prints."""
    environment = {**os.environ, "PATH": f"{NGXPUSH.parent}{os.pathsep}{os.environ['PATH']}"}
    for variable in [name for name in environment if name.startswith(("PYTEST_", "COV_"))]:
        del environment[variable]
    done = subprocess.run(command, cwd=EXAMPLES / directory, env=environment, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("directory", "modules"),
    [("django", ("django", "pytest_django")), ("fastapi", ("fastapi", "uvicorn", "pytest_asyncio"))],
)
def test_python(directory: str, modules: tuple[str, ...], tmp_path: Path) -> None:
    missing = [module for module in modules if find_spec(module) is None]
    if missing:
        pytest.skip(f"{', '.join(missing)} not installed: pip install '.[test]'")
    assert "3 passed" in _run(directory, sys.executable, "-m", "pytest", "-p", "no:cacheprovider", f"--basetemp={tmp_path}")


def test_node() -> None:
    node = shutil.which("node")
    version = "" if node is None else subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    if int(version.removeprefix("v").partition(".")[0] or 0) < _NODE:
        pytest.skip(f"node {_NODE} or later is not installed")
    assert "# pass 2\n" in _run("node", node or "", "--test", "--test-reporter=tap")
