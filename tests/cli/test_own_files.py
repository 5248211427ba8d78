"""This machine's own files, where a configuration from elsewhere names them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ngxpush.cli.origin import Origin
from ngxpush.cli.own_files import own_files, warn_of_includes, warn_of_useless_maps
from ngxpush.config.path_map import PathMap

# A directory and a file that are on every machine.
_PYTHON = os.path.dirname(os.path.realpath(os.__file__))
_FILE = os.path.join(_PYTHON, "os.py")


@pytest.mark.parametrize(
    ("main", "named", "own"),
    [
        ("/home/me/nginx.conf", {_PYTHON: "root", _FILE: "auth_basic_user_file"},
         [f"root {_PYTHON}", f"auth_basic_user_file {_FILE}"]),
        ("/home/me/nginx.conf", {_PYTHON + "/o[s].py": "include", "/no/such/*": "include"}, [f"include {_PYTHON}/o[s].py"]),
        ("/home/me/nginx.conf", {"/no/such/file": "root", "/home/me/html": "root", "/dev/null": "access_log"}, []),
        ("/home/me/nginx.conf", {_FILE: "load_module"}, []),
        (f"{_PYTHON}/nginx.conf", {_FILE: "include"}, []),
        ("/etc/nginx/nginx.conf", {_PYTHON: "root"}, []),
    ],
)  # fmt: skip
def test_own_files(main: str, named: dict[str, str], own: list[str]) -> None:
    assert own_files(Origin(main), {name.encode(): directive for name, directive in named.items()}) == own


def test_what_is_mapped_is_the_configurations() -> None:
    origin = Origin("/home/me/nginx.conf", paths=PathMap(((b"/var/www", os.fsencode(_PYTHON)),)))
    assert own_files(origin, {os.fsencode(_FILE): "root"}) == []


def test_of_many_some_are_named(tmp_path: Path) -> None:
    named = {os.fsencode(path): "root" for path in sorted(Path(_PYTHON).glob("*.py"))[:12]}
    assert own_files(Origin("/home/me/nginx.conf"), named)[-1] == "and 4 more"


def test_what_is_said() -> None:
    said: list[str] = []
    warn_of_includes(Origin("/home/me/nginx.conf"), ["/a/*", "/b/*"], {os.fsencode(_FILE): "include"}, said.append)
    assert said == [
        "no file here is included by /a/*, /b/*",
        f"these are files of this machine: include {_FILE}; --map THERE=HERE names other ones",
    ]
    warn_of_includes(Origin("/home/me/nginx.conf"), [], {}, said.append)
    assert len(said) == 2


def test_a_map_for_no_path() -> None:
    """Relative paths are below the prefix."""
    said: list[str] = []
    places = ((b"/etc/nginx", b"/here"), (b"/etc/ngnix", b"/here"), (b"/srv", b"/here"))
    origin = Origin("/home/me/nginx.conf", prefix="/srv/nginx", paths=PathMap(places))
    warn_of_useless_maps(origin, {"/home/me/nginx.conf": b"include a; include /etc/nginx/b;"}, said.append)
    assert said == ["--map /etc/ngnix=/here has no effect: the configuration names nothing below /etc/ngnix"]


def test_the_files_beside_the_configuration_are_named(tmp_path: Path) -> None:
    """Of two directories with the same includes, that of this machine is read: what was meant is most likely the other one."""
    copied = tmp_path / "copied" / os.path.basename(_PYTHON)
    copied.mkdir(parents=True)
    (copied / "os.py").touch()
    said: list[str] = []
    origin = Origin(str(tmp_path / "copied" / "nginx.conf"))
    includes = [f"{copied}/*.py", f"{_PYTHON}/o*.py"]
    warn_of_includes(origin, [], {os.fsencode(path): "include" for path in includes}, said.append)
    there = f"--map {os.path.dirname(_PYTHON)}={tmp_path}/copied names other ones"
    assert said == [f"these are files of this machine: include {_PYTHON}/o*.py; {there}"]
