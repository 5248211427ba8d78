"""What stands for a directory."""

from __future__ import annotations

import pytest

from ngxpush.http.operations import Stat

from ..serving import Site

_ROOT = "/etc/nginx/html"
_FILES = {_ROOT: None, f"{_ROOT}/index.html": "index", f"{_ROOT}/d": None, f"{_ROOT}/d/en.html": "english", f"{_ROOT}/f": "file"}


def _site(settings: str = "") -> Site:
    return Site(f"server {{ {settings} location / {{ }} location = /other {{ return 200 other; }} }}", _FILES)


@pytest.mark.parametrize(
    ("settings", "target", "answer"),
    [
        ("", "/", (200, "index")),
        ("", "/d/", (403, None)),
        ("index none $arg_lang.html;", "/d/?lang=en", (200, "english")),
        ("index none $arg_lang.html;", "/d/?lang=de", (403, None)),
        ("index $arg_none en.html;", "/d/", (500, None)),
        ("index none /other;", "/d/", (200, "other")),
        ("", "/none/", (404, None)),
    ],
)
def test_the_first_index_that_exists(settings: str, target: str, answer: tuple[int, str | None]) -> None:
    assert _site(settings).get_own(target) == answer


def test_only_some_methods_look_for_one() -> None:
    assert _site().get("/", "DELETE")[0] == 405


def test_a_missing_directory_and_a_file_in_its_place_are_logged() -> None:
    site = _site()
    site.get("/none/")
    assert site.connection.logged == [("error", b'"/etc/nginx/html/none/index.html" is not found (2: No such file or directory)')]
    assert site.get("/f/")[0] == 500
    assert site.connection.logged == [("alert", b'"/etc/nginx/html/f/index.html" is not a directory')]


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (PermissionError(13, "Permission denied"), 403, b'"/etc/nginx/html/index.html" is forbidden (13: Permission denied)'),
        (NotADirectoryError(20, "Not a directory"), 404, b'"/etc/nginx/html/index.html" is not found (20: Not a directory)'),
    ],
)
def test_an_index_that_cannot_be_looked_at(error: OSError, status: int, message: bytes) -> None:
    site = Site("server { }", {"/etc/nginx/html": None})
    site.failing[Stat] = error
    assert site.get("/")[0] == status
    assert site.connection.logged == [("error", message)]
