"""The options that say where a configuration comes from."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from ngxpush.cli.commands import commands

_CONF = "events {} http { include /etc/nginx/sites/*; include /etc/nginx/snippets/a.conf; }"
_MISSING = 'nginx: [emerg] open() "/etc/nginx/snippets/a.conf" failed (2: No such file or directory) in {}/nginx.conf:1'


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """nginx.conf, and the files that it calls /etc/nginx in `docker`."""
    (tmp_path / "nginx.conf").write_text(_CONF)
    (tmp_path / "docker" / "sites").mkdir(parents=True)
    (tmp_path / "docker" / "snippets").mkdir()
    (tmp_path / "docker" / "sites" / "site").write_text("server { location /here { return 204; } }")
    (tmp_path / "docker" / "snippets" / "a.conf").write_text("")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("arguments", [["routes"], ["explain"], ["lint"]])
def test_files_of_another_machine(directory: Path, arguments: list[str]) -> None:
    request = ["/here"] if arguments == ["explain"] else []
    options = [] if arguments == ["lint"] else ["--map", "/etc/nginx=docker/"]
    done = CliRunner().invoke(commands, [*arguments, *(options or ["--map", "/etc/nginx=docker"]), "nginx.conf", *request])
    assert done.exit_code == 0, done.output
    assert "/here" in done.stdout or arguments == ["lint"]


def test_what_is_linted_is_named_where_it_is(directory: Path) -> None:
    (directory / "docker" / "sites" / "site").write_text("servr {}")
    done = CliRunner().invoke(commands, ["lint", "--map", "/etc/nginx=docker", "nginx.conf"])
    assert done.exit_code == 1
    assert "docker/sites/site:1" in done.stdout


def test_without_a_map_it_is_said_how(directory: Path) -> None:
    done = CliRunner().invoke(commands, ["routes", "nginx.conf"])
    assert done.exit_code == 1
    error, hint = done.stderr.splitlines()
    assert error == _MISSING.format(directory)
    assert hint.startswith("hint: --map THERE=HERE says where files of another machine are, --missing-includes=warn")


def test_missing_includes(directory: Path) -> None:
    done = CliRunner().invoke(commands, ["routes", "--missing-includes", "warn", "nginx.conf"])
    assert done.exit_code == 0
    missing, matchless, *_ = done.stderr.splitlines()
    assert missing.startswith("warning: /etc/nginx/snippets/a.conf can't be read (No such file or directory): nothing is ")
    assert matchless == "warning: no file here is included by /etc/nginx/sites/*"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("/etc/nginx", "takes a full path there and a path here, such as /etc/nginx=./docker/nginx, not '/etc/nginx'"),
        ("etc=docker", "takes a full path there and a path here"),
        ("/etc=", "takes a full path there and a path here"),
        ("/etc/nginx=absent", "there is no absent here"),
    ],
)
def test_what_is_no_map(directory: Path, given: str, said: str) -> None:
    done = CliRunner().invoke(commands, ["routes", "--map", given, "nginx.conf"])
    assert done.exit_code == 2
    assert said in " ".join(done.stderr.split())
