"""Files of other programs that pages show, against the schemas of those programs."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from tests.pages.page import File, steps
from tests.patience import PATIENCE

HOW_TO = Path(__file__).parents[2] / "docs" / "how-to"

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("check_jsonschema") is None, reason="check-jsonschema is not installed (pip install '.[test]')"
)


@pytest.mark.parametrize(
    ("page", "name", "schema"),
    [
        ("docker-compose.md", "compose.yaml", "vendor.compose-spec"),
        ("github-action.md", ".github/workflows/nginx.yml", "vendor.github-workflows"),
        ("continuous-integration.md", ".github/workflows/push.yml", "vendor.github-workflows"),
    ],
)
def test_a_file(page: str, name: str, schema: str, tmp_path: Path) -> None:
    (shown,) = [step for step in steps(HOW_TO / page) if isinstance(step, File) and step.name == name]
    file = tmp_path / "shown.yaml"
    file.write_text(shown.text, "utf-8")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(file)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stdout
