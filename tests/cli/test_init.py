"""`ngxpush init`: what it writes, and that it overwrites nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ngxpush.cli.init import FILES, command
from ngxpush.cli.lint import command as lint
from tests.forked import to_its_end

_FIXTURES = Path(__file__).parents[2] / "fixtures" / "nginx_confs"


def init(*arguments: str) -> Result:
    return CliRunner().invoke(command, arguments)


def test_it_writes_a_configuration_and_a_page(tmp_path: Path) -> None:
    directory = tmp_path / "new" / "a b"
    result = init(str(directory))
    assert result.exit_code == 0
    assert f"\n    ngxpush run '{directory}/nginx.conf'\n" in result.stdout
    assert sorted(path.relative_to(directory).as_posix() for path in directory.rglob("*") if path.is_file()) == sorted(FILES)
    assert CliRunner().invoke(lint, [str(directory / "nginx.conf")]).stdout == "No issues in 1 file.\n"
    logs = f"pid {tmp_path}/nginx.pid; error_log {tmp_path}/error.log;"
    assert to_its_end("nginx", "-t", "-q", "-p", directory, "-c", directory / "nginx.conf", "-g", logs)[0] == 0


def test_this_directory_by_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "\n    ngxpush run nginx.conf\n" in init().stdout
    assert (tmp_path / "html" / "index.html").exists()


@pytest.mark.parametrize("name", FILES)
def test_nothing_is_overwritten(tmp_path: Path, name: str) -> None:
    (tmp_path / "html").mkdir()
    (tmp_path / name).write_text("mine")
    result = init(str(tmp_path))
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"ngxpush init: there already: {tmp_path / name}; nothing is written, name another directory\n"
    assert [path.read_text() for path in tmp_path.rglob("*") if path.is_file()] == ["mine"]


def test_a_directory_that_can_not_be_made(tmp_path: Path) -> None:
    (tmp_path / "html").write_text("a file")
    result = init(str(tmp_path))
    assert result.exit_code == 1
    assert result.stderr == f"ngxpush init: can't write {tmp_path}/html/index.html: File exists\n"
    assert [path.name for path in tmp_path.iterdir()] == ["html"]  # no half of it


def test_the_quickstart_is_what_it_writes() -> None:
    """There is one copy of it."""
    assert (_FIXTURES / "quickstart.conf").resolve().name == "nginx.conf"
    assert (_FIXTURES / "quickstart.conf").is_symlink() and (_FIXTURES / "html").is_symlink()
