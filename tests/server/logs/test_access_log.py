"""Which access logs a request is written to, and when."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from ngxpush.server.logs.access_log import AccessLogs
from ngxpush.server.logs.log_files import LogFiles

from ...http.serving import Site
from ..fakes import FakeLoop


class _Logged:
    """A site whose requests are logged below a directory."""

    def __init__(self, directory: Path, settings: str, root: str = "html") -> None:
        self.directory = directory
        self.loop = FakeLoop()
        self.files = LogFiles()
        self.failed: list[str] = []
        self.logs = AccessLogs(self.files, cast(Any, self.loop), self.failed.append)
        (directory / "html").mkdir()
        text = f"root {directory}/{root}; " + settings.replace("DIR", str(directory))
        locations = "location / { return 204; } location /off { access_log off; return 204; }"
        self.site = Site(f"log_format f '$uri $status'; {text} server {{ {locations} }}")

    def get(self, target: str) -> None:
        self.site.get(target)
        assert self.site.request is not None
        self.logs.write(self.site.request)

    def read(self, name: str) -> str:
        path = self.directory / name
        return path.read_text() if path.exists() else ""


@pytest.mark.parametrize(
    ("settings", "targets", "lines"),
    [
        ("access_log DIR/a f;", ["/x", "/off"], "/x 204\n"),
        ("access_log DIR/a f; access_log DIR/b f;", ["/x"], "/x 204\n"),
        ("access_log DIR/a f if=$arg_log;", ["/x", "/y?log=1", "/z?log=0", "/z?log="], "/y 204\n"),
        ("access_log DIR/$arg_file f;", ["/x?file=a", "/y?file=b"], "/x 204\n"),
        ("access_log DIR/a f buffer=1k;", ["/x"], ""),
    ],
)
def test_lines(tmp_path: Path, settings: str, targets: list[str], lines: str) -> None:
    logged = _Logged(tmp_path, settings)
    for target in targets:
        logged.get(target)
    assert logged.read("a") == lines


def test_a_buffer_is_flushed_after_its_time(tmp_path: Path) -> None:
    logged = _Logged(tmp_path, "access_log DIR/a f buffer=1k flush=2s;")
    logged.get("/x")
    logged.loop.advance(1.9)
    logged.get("/y")
    assert logged.read("a") == ""
    logged.loop.advance(0.2)
    assert logged.read("a") == "/x 204\n/y 204\n"


def test_a_log_that_cant_be_opened_is_reported_and_harms_no_other(tmp_path: Path) -> None:
    logged = _Logged(tmp_path, "access_log DIR/none/x$arg_x f;")
    logged.get("/x")
    ((level, message),) = logged.site.connection.logged
    assert level == "crit" and "No such file or directory" in str(message)


@pytest.mark.parametrize(("root", "error"), [("none", "2: No such file or directory"), ("page", "20: Not a directory")])
def test_a_log_with_variables_in_its_name_needs_the_root(tmp_path: Path, root: str, error: str) -> None:
    logged = _Logged(tmp_path, "access_log DIR/$arg_file f;", root)
    (tmp_path / "page").touch()
    logged.get("/x?file=a")
    message = f'testing "{tmp_path}/{root}" existence failed ({error})'
    assert (logged.site.connection.logged, logged.read("a")) == ([("error", message)], "")


def test_a_log_with_variables_in_its_name_is_opened_for_each_line(tmp_path: Path) -> None:
    logged = _Logged(tmp_path, "access_log DIR/$arg_file f;")
    logged.get("/x?file=a")
    (tmp_path / "a").rename(tmp_path / "old")
    logged.get("/y?file=a")
    assert (logged.read("old"), logged.read("a")) == ("/x 204\n", "/y 204\n")


def test_a_cache_keeps_it_open(tmp_path: Path) -> None:
    logged = _Logged(tmp_path, "open_log_file_cache max=9 valid=5; access_log DIR/$arg_file f;")
    logged.get("/x?file=a")
    (tmp_path / "a").rename(tmp_path / "old")
    logged.get("/y?file=a")
    assert (logged.read("old"), logged.read("a")) == ("/x 204\n/y 204\n", "")
    logged.loop.advance(5)
    logged.get("/z?file=a")
    assert logged.read("a") == "/z 204\n"


def test_a_line_that_is_lost_is_reported(tmp_path: Path) -> None:
    logged = _Logged(tmp_path, "access_log /dev/full f;")
    logged.get("/x")
    assert logged.failed == ['write() to "/dev/full" failed (28: No space left on device)']
