"""action.yml: GitHub's schema, and its steps as GitHub runs them, without GitHub."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.patience import PATIENCE
from tests.running import NGXPUSH

ROOT = Path(__file__).parents[1]
CONFS = ROOT / "fixtures" / "nginx_confs"

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("check_jsonschema") is None, reason="check-jsonschema is not installed (pip install '.[test]')"
)


def _steps() -> dict[str, Any]:
    """The steps that have a name, by it."""
    from ruamel.yaml import YAML  # it comes with check-jsonschema

    action = YAML(typ="safe").load(ROOT / "action.yml")
    return {step["name"]: step for step in action["runs"]["steps"] if "name" in step}


def _linted(directory: Path, files: str, fail_on: str = "warning", args: str = "") -> subprocess.CompletedProcess[str]:
    """The step that lints. It writes `output` and `report.sarif`."""
    scripts = directory / "ngxpush" / "bin"
    scripts.mkdir(parents=True)
    (scripts / "ngxpush").symlink_to(NGXPUSH)
    given = {"FILES": files, "FAIL_ON": fail_on, "ARGS": args, "SARIF_FILE": str(directory / "report.sarif")}
    github = {"RUNNER_TEMP": str(directory), "GITHUB_OUTPUT": str(directory / "output")}
    script = _steps()["Lint"]["run"]
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
    return subprocess.run(command, cwd=ROOT, env=os.environ | given | github, capture_output=True, text=True, timeout=PATIENCE)


def _lint(directory: Path, files: str, fail_on: str = "warning", args: str = "") -> tuple[str, str, dict[str, Any]]:
    """The output `code`, the annotations, and the report."""
    done = _linted(directory, files, fail_on, args)
    assert done.returncode == 0, done
    return (directory / "output").read_text(), done.stdout, json.loads((directory / "report.sarif").read_text())


def test_the_schema() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-actions", "action.yml"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stdout


def test_a_good_configuration(tmp_path: Path) -> None:
    code, annotations, report = _lint(tmp_path, str((CONFS / "eventsource.conf").relative_to(ROOT)), args="--ignore PS")
    assert (code, annotations) == ("code=0\n", "")
    assert report["runs"][0]["results"] == []


def test_a_broken_one_is_reported_and_fails_at_the_end(tmp_path: Path) -> None:
    broken = sorted((CONFS / "broken").rglob("*.conf"))[0].relative_to(ROOT)
    code, annotations, report = _lint(tmp_path, f"{CONFS}/eventsource.conf {broken}", fail_on="error")
    assert code == "code=1\n"
    assert "::error file=" in annotations
    assert any(result["level"] == "error" for result in report["runs"][0]["results"])


def test_what_is_not_understood_ends_the_action_before_the_upload(tmp_path: Path) -> None:
    done = _linted(tmp_path, f"{CONFS}/eventsource.conf", args="--bogus")
    assert (done.returncode, done.stdout) == (2, "")


def test_what_is_not_read_whole_is_reported(tmp_path: Path) -> None:
    conf = tmp_path / "nginx.conf"
    conf.write_text("events {}\ninclude missing.conf;\n")
    code, annotations, report = _lint(tmp_path, str(conf), fail_on="never")
    assert (code, "missing.conf" in annotations) == ("code=2\n", True)
    assert report["runs"][0]["invocations"][0]["executionSuccessful"] is False


def test_the_result_is_that_of_the_lint() -> None:
    result = _steps()["Result"]["run"]
    for code in ("0", "1", "2"):
        assert subprocess.run(["bash", "-c", result], env=os.environ | {"CODE": code}).returncode == int(code)
