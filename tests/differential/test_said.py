"""What tests/config says that nginx prints about single directives, asked of the real nginx 1.22.1."""

from __future__ import annotations

import importlib
import re
import subprocess
from pathlib import Path

import pytest

from tests.config.said import PLACES, Case
from tests.differential.beside import needs_nginx, real_nginx
from tests.patience import PATIENCE

pytestmark = needs_nginx

_TESTS = Path(__file__).parents[1]
_MODULES = "/usr/lib/nginx/modules/"
# What is not about the directives, but about where this test runs.
_ELSEWHERE = re.compile(r'test failed|"user" directive makes sense')
_HEAD = re.compile(r"^nginx: |^\S+ \S+ (?=\[)|(?<=\]) \d+#\d+:(?= )| in \S+:\d+$")


def _cases() -> list[Case]:
    """Those of each test file that has some."""
    paths = [path.relative_to(_TESTS.parent).with_suffix("") for path in sorted(_TESTS.glob("config/**/test_*.py"))]
    names = [".".join(path.parts) for path in paths]
    return [case for name in names for case in getattr(importlib.import_module(name), "CASES", [])]


@pytest.mark.parametrize("where", PLACES)
def test_nginx_says_so(where: str, tmp_path: Path) -> None:
    missing = [name for name in re.findall(r"modules/(\w+\.so)", PLACES[where]) if not Path(_MODULES, name).exists()]
    if missing:
        pytest.skip(f"needs Debian's {', '.join(missing)} (make debian-packages)")
    (tmp_path / "logs").mkdir()
    asked = [(directives, messages) for place, directives, messages in _cases() if place == where]
    assert [(directives, _said(where, directives, tmp_path)) for directives, _ in asked] == asked


def _said(where: str, directives: str, directory: Path) -> list[str]:
    text = PLACES[where].replace(" modules/", f" {_MODULES}") % directives
    (directory / "nginx.conf").write_text(text)
    command = [*real_nginx(), "-t", "-e", "stderr", "-p", str(directory), "-c", "nginx.conf"]
    printed = subprocess.run(command, capture_output=True, timeout=PATIENCE).stderr.decode()
    checked, _, _ = printed.partition("nginx: the configuration file")  # … syntax is ok: what comes then, is done, not checked
    lines = [_HEAD.sub("", line) for line in checked.replace(f"{directory}/", "/etc/nginx/").splitlines()]
    return [line for line in lines if not _ELSEWHERE.search(line)]
