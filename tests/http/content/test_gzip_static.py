"""The packed form of a file."""

from __future__ import annotations

import pytest

from ngxpush.http.operations import OpenFile

from ..serving import Site

_ROOT = "/etc/nginx/html"
_FILES = {_ROOT: None, f"{_ROOT}/a.txt": "text", f"{_ROOT}/a.txt.gz": "packed", f"{_ROOT}/alone": "text"}


def _site(settings: str) -> Site:
    return Site(f"types {{ text/plain txt; }} server {{ {settings} location / {{ }} }}", _FILES)


@pytest.mark.parametrize(
    ("settings", "accepts", "body", "encoded"),
    [
        ("gzip_static on;", "gzip", "packed", True),
        ("gzip_static on;", "", "text", False),
        ("gzip_static always;", "", "packed", True),
        ("gzip_static off;", "gzip", "text", False),
    ],
)
def test_who_gets_it(settings: str, accepts: str, body: str, encoded: bool) -> None:
    answer = _site(settings).serve(f"GET /a.txt HTTP/1.1\nHost: a\nAccept-Encoding: {accepts}")
    assert answer.endswith(b"\r\n\r\n" + body.encode())
    assert (b"Content-Encoding: gzip\r\n" in answer) == encoded


@pytest.mark.parametrize(("uri", "vary"), [("/a.txt", True), ("/alone", False)])
def test_its_existence_is_shown_to_who_does_not_accept_it(uri: str, vary: bool) -> None:
    answer = _site("gzip_static on; gzip_vary on;").serve(f"GET {uri} HTTP/1.1\nHost: a")
    assert answer.endswith(b"\r\n\r\ntext")
    assert (b"Vary: Accept-Encoding\r\n" in answer) == vary


def test_a_file_without_it_is_sent_as_it_is() -> None:
    assert _site("gzip_static on;").get("/alone", headers="\nAccept-Encoding: gzip") == (200, "text")


def test_one_that_cannot_be_opened() -> None:
    """Any other reason than that it is not there is worth a line; the plain file is looked for all the same."""
    site = _site("gzip_static always;")
    site.failing[OpenFile] = PermissionError(13, "Permission denied")
    assert site.get("/a.txt")[0] == 403
    assert [text for _, text in site.connection.logged] == [
        b'open() "/etc/nginx/html/a.txt.gz" failed (13: Permission denied)',
        b'open() "/etc/nginx/html/a.txt" failed (13: Permission denied)',
    ]
