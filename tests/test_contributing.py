"""The recipes of CONTRIBUTING.md, followed in a copy of the project."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conformance.player import differences, program
from tests.conformance.record import record
from tests.running import NGXPUSH

ROOT = Path(__file__).parents[1]
_TEXT = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
# A new file or an edit: what it is about in backquotes, then the block, both indented as parts of a list.
_BLOCK = re.compile(
    r"^ *(?P<edit>In )?`(?P<path>[\w/.]+)`:\n\n(?P<indent> *)```\w+\n(?P<block>.*?)\n *```$", re.MULTILINE | re.DOTALL
)


_PYTEST = ("pytest", "-p", "no:cacheprovider")


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The copy in which all blocks of the recipes stand where they say."""
    copy = tmp_path_factory.mktemp("copy")
    for name in ("ngxpush", "tests"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "recordings"))
    shutil.copy(ROOT / "pyproject.toml", copy)
    for found in _BLOCK.finditer(_TEXT):
        path = copy / found["path"]
        lines = [line.removeprefix(found["indent"]) for line in found["block"].split("\n")]
        if found["edit"]:
            path.write_text(_edited(path.read_text(), lines))
        else:
            assert not path.exists()
            path.write_text("\n".join(lines) + "\n")
    return copy


def _edited(text: str, diff: list[str]) -> str:
    for hunk in "\n".join(diff).split("\n@@\n"):
        lines = hunk.split("\n")
        old = "".join(f"{line[1:]}\n" for line in lines if line[0] != "+")
        assert text.count(old) == 1, old
        text = text.replace(old, "".join(f"{line[1:]}\n" for line in lines if line[0] != "-"))
    return text


@pytest.mark.parametrize(
    "arguments",
    [
        (*_PYTEST, "tests/config/directives/content/test_teapot.py", "tests/http/content/test_teapot.py"),
        (*_PYTEST, "tests/lint/test_rules.py", "-k", "PS699"),
        ("ruff", "check", "--no-cache", "ngxpush"),
    ],
    ids=["a directive and its handler", "a lint rule", "ruff"],
)
def test_recipes(arguments: tuple[str, ...], followed: Path) -> None:
    done = subprocess.run([sys.executable, "-m", *arguments], cwd=followed, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_recording(tmp_path: Path) -> None:
    """Filled in with what ngxpush answers, in place of nginx, it is played equally by ngxpush."""
    block = re.search(r"```json\n(.*?)\n *```", _TEXT, re.DOTALL)
    assert block is not None
    path = tmp_path / "text.json"
    path.write_text(block[1])
    server = program(str(NGXPUSH), "nginx")
    record(path, server)
    assert json.loads(path.read_text())["steps"][1]["expect"]["data"].endswith("\r\n\r\nhello")
    assert differences(path, server) == []
