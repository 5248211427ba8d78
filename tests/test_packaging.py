"""The package as users get it: built, checked, installed where nothing of the repository is, and run."""

from __future__ import annotations

import fnmatch
import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest

from ngxpush import __version__
from tests.clients import publish, subscription, wait_for_subscribers
from tests.patience import PATIENCE
from tests.running import end, free_port, wait_for_port

ROOT = Path(__file__).parents[1]
_MISSING = [name for name in ("build", "twine") if importlib.util.find_spec(name) is None]

pytestmark = pytest.mark.skipif(bool(_MISSING), reason=f"not installed: {', '.join(_MISSING)} (pip install '.[test]')")


def _left_out(names: list[str]) -> list[str]:
    """What of a directory is no part of a fresh clone, or is not needed."""
    patterns = (".*", "*.egg-info", "__pycache__", "build", "dist", "recordings", "node_modules")
    return [name for name in names if any(fnmatch.fnmatch(name, pattern) for pattern in patterns)]


def _run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _built(source: Path, directory: Path, *options: str) -> Path:
    """What `python -m build` makes of a source tree, in `directory`."""
    _run(sys.executable, "-m", "build", "--no-isolation", "--outdir", directory, *options, cwd=source)
    return directory


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with a source distribution, and the wheel that is built from it."""
    directory = tmp_path_factory.mktemp("package")
    shutil.copytree(ROOT, directory / "clone", ignore=lambda where, names: _left_out(names))
    made = _built(directory / "clone", directory / "dist")
    shutil.rmtree(directory / "clone")  # its documents say what tests/watchdog.py looks for
    return made


@pytest.fixture(scope="module")
def wheel(distributions: Path) -> Path:
    (found,) = distributions.glob("*.whl")
    return found


def test_an_index_would_take_it(distributions: Path) -> None:
    said = _run(sys.executable, "-m", "twine", "check", "--strict", *distributions.iterdir(), cwd=distributions)
    assert said.count("PASSED") == 2


def test_the_source_distribution_is_what_the_repository_has(distributions: Path) -> None:
    """It runs its tests and builds its site."""
    (found,) = distributions.glob("*.tar.gz")
    with tarfile.open(found) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    wanted = {"docs": "*.md", "fixtures": "*.conf", "tests": "*.py", "examples": "*.py", "benchmarks": "*.py", "man": "*.1"}
    present = {path.relative_to(ROOT).as_posix() for name, kind in wanted.items() for path in (ROOT / name).rglob(kind)}
    assert present | {"CHANGES.md", "LICENSE", "README.md", "Makefile", "mkdocs.yml", "tests/install-debian-packages"} <= names


def test_the_wheel_has_all_that_runs(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    package = {path.relative_to(ROOT).as_posix() for path in (ROOT / "ngxpush").rglob("*") if path.is_file()}
    assert {name for name in package if "__pycache__" not in name} <= names
    assert any(name.endswith(".data/data/share/man/man1/ngxpush-run.1") for name in names)
    assert any(name.endswith("/licenses/LICENSE") for name in names)
    assert not any(name.startswith("tests") for name in names)


def test_metadata(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [each for each in archive.namelist() if each.endswith(".dist-info/METADATA")]
        said: Message = Parser().parsestr(archive.read(name).decode())
    assert (said["Name"], said["Version"], said["License-Expression"]) == ("ngxpush", __version__, "MIT")
    assert said["Author"] and said["Keywords"] and said["Summary"]
    urls = said.get_all("Project-URL", [])
    assert urls and not any("example." in url for url in urls)
    assert "Programming Language :: Python :: 3.14" in said.get_all("Classifier", [])


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scripts of a new environment with the wheel; its dependencies are those of the environment that runs the tests."""
    directory = tmp_path_factory.mktemp("environment")
    # As `python -m venv` makes it. A copy of Python has words in it that tests/watchdog.py looks for.
    venv.create(directory, symlinks=True)
    python = directory / "bin" / "python"
    _run(sys.executable, "-m", "pip", "--python", python, "install", "-q", "--no-deps", "--no-index", wheel, cwd=directory)
    (site,) = directory.glob("lib/python*/site-packages")
    # A path in a .pth file is not searched for other .pth files: the editable install is not seen.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return directory / "bin"


def test_what_is_installed_serves(installed: Path, tmp_path: Path) -> None:
    program = "import ngxpush; print(ngxpush.__file__)"
    assert str(installed.parent) in _run(installed / "python", "-c", program, cwd=tmp_path)
    port = free_port()
    conf = tmp_path / "nginx.conf"
    shutil.copy(ROOT / "fixtures" / "nginx_confs" / "quickstart.conf", conf)
    command = [installed / "ngxpush", "run", "--listen", f"8080={port}", conf]
    process = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        wait_for_port(port, process)
        with subscription(port, "/sub/news") as stream:
            wait_for_subscribers(port, "/pub?id=news")
            publish(port, "/pub?id=news", b"hello")
            assert stream.line() == b"hello"
    finally:
        end(process)


def test_man_finds_its_pages(installed: Path) -> None:
    pages = {page.name for page in (installed.parent / "share" / "man" / "man1").iterdir()}
    assert pages == {page.name for page in (ROOT / "man").iterdir()}


def test_the_context_of_the_dockerfile_is_enough(wheel: Path, tmp_path: Path) -> None:
    """What .dockerignore lets through makes the same wheel."""
    wanted = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    context = tmp_path / "context"
    context.mkdir()
    for name in wanted:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, context / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, context / name)
    (made,) = _built(context, tmp_path / "dist", "--wheel").iterdir()
    with zipfile.ZipFile(made) as one, zipfile.ZipFile(wheel) as other:
        assert sorted(one.namelist()) == sorted(other.namelist())


@pytest.mark.skipif(shutil.which("hadolint", path=sysconfig.get_path("scripts")) is None, reason="hadolint is not installed")
def test_the_dockerfile() -> None:
    hadolint = os.path.join(sysconfig.get_path("scripts"), "hadolint")
    assert _run(hadolint, "Dockerfile", cwd=ROOT) == ""
