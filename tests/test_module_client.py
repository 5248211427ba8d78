"""The push stream module's own JavaScript client, and its specs, against ngxpush in a browser.

They are not part of this project (their licence is the GPL): NGXPUSH_MODULE_CHECKOUT names a checkout of the module's repository,
NGXPUSH_JASMINE the directory of npm's package jasmine-core (5.1).
"""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.browser import CHROMIUM, page, wait_for
from tests.running import free_port, serving

_CHECKOUT, _JASMINE = (os.environ.get(name) for name in ("NGXPUSH_MODULE_CHECKOUT", "NGXPUSH_JASMINE"))

_NEEDED = ("js/jquery.min.js", "js/pushstream.js", "spec/javascripts/helpers/SpecHelper.js")
_SPECS = ("spec/javascripts/UtilsSpec.js", "spec/javascripts/PushStreamSpec.js")
_RUNNER = ("jasmine.js", "jasmine-html.js", "boot0.js", "boot1.js")

_PAGE = """\
<!doctype html>
<meta charset="utf-8">
<link rel="icon" href="data:,">
<body>
{runner}
<script>
  const results = {{ passed: 0, failed: [], done: false }};
  jasmine.getEnv().configure({{ random: false }});
  jasmine.getEnv().addReporter({{
    specDone: (spec) => spec.status === "passed" ? results.passed++ : results.failed.push(spec.fullName),
    jasmineDone: () => results.done = true,
  }});
</script>
{specs}
"""


@pytest.mark.skipif(not (CHROMIUM and _CHECKOUT and _JASMINE), reason="needs Chromium, NGXPUSH_MODULE_CHECKOUT, NGXPUSH_JASMINE")
def test_the_specs_of_the_modules_client_pass(tmp_path: Path) -> None:
    """They wait for fixed times: on a busy machine some fail with nginx, too. What counts is what fails in each of three."""
    port = free_port()
    _copy_pages(tmp_path / "html", port)
    (tmp_path / "nginx.conf").write_text(_configuration(port))
    failed: set[str] | None = None
    with serving(["run", "--no-console", "nginx.conf"], tmp_path, [port]):
        for number in range(3):
            results = _results(f"http://localhost:{port}/specs.html", tmp_path / f"round{number}")
            assert results["passed"] + len(results["failed"]) >= 140
            failed = {*results["failed"]} if failed is None else failed & {*results["failed"]}
            if not failed:
                return
    assert failed == set()


def _results(url: str, directory: Path) -> dict[str, Any]:
    """What has become of the specs, in a browser of their own."""
    directory.mkdir()
    with page(url, directory):
        wait_for(directory, "results.done", seconds=600)
        return dict(json.loads(wait_for(directory, "JSON.stringify(results)")))


def _copy_pages(directory: Path, port: int) -> None:
    assert _CHECKOUT is not None and _JASMINE is not None
    directory.mkdir()
    sources = [Path(_JASMINE) / "lib" / "jasmine-core" / name for name in _RUNNER]
    sources += [Path(_CHECKOUT) / "misc" / name for name in (*_NEEDED, *_SPECS)]
    for source in sources:
        shutil.copy(source, directory)
    specs = directory / "PushStreamSpec.js"
    specs.write_text(specs.read_text("utf-8").replace("var port = 9080;", f"var port = {port};"), "utf-8")
    runner, client = (_scripts(names) for names in (_RUNNER, (*_NEEDED, *_SPECS)))
    (directory / "specs.html").write_text(_PAGE.format(runner=runner, specs=client), "utf-8")


def _scripts(names: tuple[str, ...]) -> str:
    return "\n".join(f'<script src="/{Path(name).name}"></script>' for name in names)


def _configuration(port: int) -> str:
    """The module's own, with the times that the specs are written for, as its Rakefile sets them."""
    assert _CHECKOUT is not None
    text = (Path(_CHECKOUT) / "misc" / "nginx.conf").read_text("utf-8")
    for name in ("push_stream_subscriber_connection_ttl", "push_stream_longpolling_connection_ttl"):
        text = re.sub(rf"{name} .*;", f"{name} 3s;", text)
    text = re.sub(r"^\s*use .*;", "", text, flags=re.MULTILINE)  # nginx may be built without it
    text = text.replace("9080", f"127.0.0.1:{port}")
    return text.replace("http {", "http {\n types { text/html html; text/javascript js; }", 1)
