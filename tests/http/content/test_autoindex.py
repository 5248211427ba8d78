"""Listings of directories."""

from __future__ import annotations

import pytest

from ngxpush.http.operations import FileStatus, ListDirectory

from ..serving import Site

_ROOT = "/etc/nginx/html"
_LONG = "x" * 51
_FILES = {
    _ROOT: None,
    f"{_ROOT}/b<.txt": "12345",
    f"{_ROOT}/a": None,
    f"{_ROOT}/.hidden": "",
    f"{_ROOT}/{_LONG}": "x" * 20000,
}


def _site(settings: str = "") -> Site:
    return Site(f"server {{ location / {{ autoindex on; {settings} }} }}", _FILES)


def _lines(site: Site) -> list[str]:
    return site.serve("GET / HTTP/1.0\nHost: a").decode().partition("\r\n\r\n")[2].split("\r\n")


def test_html() -> None:
    lines = _lines(_site())
    assert lines[1] == "<head><title>Index of /</title></head>"
    assert lines[3] == '<h1>Index of /</h1><hr><pre><a href="../">../</a>'
    assert lines[4] == '<a href="a/">a/</a>' + " " * 49 + "09-Sep-2001 01:46                   -"
    assert lines[5] == '<a href="b%3C.txt">b&lt;.txt</a>' + " " * 45 + "09-Sep-2001 01:46                   5"
    assert lines[6] == f'<a href="{_LONG}">{"x" * 47}..&gt;</a> 09-Sep-2001 01:46               20000'
    assert lines[7:] == ["</pre><hr></body>", "</html>", ""]


def test_rounded_sizes() -> None:
    lines = _lines(_site("autoindex_exact_size off;"))
    assert [line[-8:] for line in lines[4:7]] == ["       -", "       5", "     20K"]


@pytest.mark.parametrize(
    ("settings", "target", "content_type", "document"),
    [
        (
            "autoindex_format json;",
            "/",
            "application/json",
            '[\r\n{ "name":"a", "type":"directory", "mtime":"Sun, 09 Sep 2001 01:46:40 GMT" },\r\n'
            '{ "name":"b<.txt", "type":"file", "mtime":"Sun, 09 Sep 2001 01:46:40 GMT", "size":5 },\r\n',
        ),
        ("autoindex_format jsonp;", "/?callback=f", "application/javascript", "/* callback */\r\nf([\r\n{"),
        ("autoindex_format jsonp;", "/", "application/json", "[\r\n{"),
        (
            "autoindex_format xml;",
            "/",
            "text/xml; charset=utf-8",
            '<?xml version="1.0"?>\r\n<list>\r\n<directory mtime="2001-09-09T01:46:40Z">a</directory>\r\n'
            '<file mtime="2001-09-09T01:46:40Z" size="5">b&lt;.txt</file>\r\n',
        ),
    ],
)
def test_other_formats(settings: str, target: str, content_type: str, document: str) -> None:
    head, _, body = _site(settings).serve(f"GET {target} HTTP/1.0\nHost: a").decode().partition("\r\n\r\n")
    assert f"Content-Type: {content_type}\r\n" in head
    assert body.startswith(document)


def test_what_is_refused() -> None:
    assert _site("autoindex_format jsonp;").get("/?callback=a%20b")[0] == 400
    assert _site("autoindex_format jsonp;").get("/?callback=a[0]")[0] == 400
    assert _site().get("/none/")[0] == 404
    assert _site().get("/", "POST")[0] == 403


@pytest.mark.parametrize(
    ("error", "status", "level"),
    [
        (FileNotFoundError(2, "No such file or directory"), 404, "error"),
        (NotADirectoryError(20, "Not a directory"), 404, "error"),
        (PermissionError(13, "Permission denied"), 403, "error"),
        (OSError(24, "Too many open files"), 500, "crit"),
    ],
)
def test_a_directory_that_cannot_be_read(error: OSError, status: int, level: str) -> None:
    site = Site("server { location / { autoindex on; } }", _FILES)
    site.failing[ListDirectory] = error
    assert site.get("/")[0] == status
    message = f'opendir() "{_ROOT}" failed ({error.errno}: {error.strerror})'.encode()
    assert site.connection.logged == [(level, message)]


@pytest.mark.parametrize(
    ("size", "shown"),
    [(9999, "9999"), (10000, "10K"), (1 << 20, "1M"), ((3 << 20) // 2, "2M"), (1 << 30, "1G"), (5 << 29, "3G")],
)
def test_sizes(size: int, shown: str, monkeypatch: pytest.MonkeyPatch) -> None:
    site = _site("autoindex_exact_size off;")
    monkeypatch.setattr(
        site, "_status", lambda path: FileStatus("file" if b"/" in path.removeprefix(_ROOT.encode()) else "directory", size, 0)
    )
    assert {line.split()[-1] for line in _lines(site) if line.startswith("<a")} == {shown}
