"""Files, and what stands in their place."""

from __future__ import annotations

import errno

import pytest

from ngxpush.http.operations import FileStatus, LinkCheck, OpenFile, Stat
from ngxpush.http.status import ERROR

from ..serving import MemoryFile, Site

_ROOT = "/etc/nginx/html"
_FILES = {
    _ROOT: None,
    f"{_ROOT}/a.txt": "text",
    f"{_ROOT}/dir": None,
    f"{_ROOT}/dir/b": "b",
    f"{_ROOT}/big": "0123456789",
}


def _site(settings: str = "") -> Site:
    return Site(f"types {{ text/plain txt; }} server {{ {settings} location / {{ }} }}", _FILES)


@pytest.mark.parametrize(
    ("method", "target", "status"),
    [
        ("GET", "/a.txt", 200),
        ("HEAD", "/a.txt", 200),
        ("POST", "/a.txt", 405),
        ("PUT", "/a.txt", 405),
        ("GET", "/none", 404),
        ("GET", "/dir", 301),
        ("POST", "/dir", 301),
        ("GET", "/dir/", 403),
        ("DELETE", "/dir/", 405),
    ],
)
def test_methods_and_paths(method: str, target: str, status: int) -> None:
    site = _site()
    assert site.get(target, method)[0] == status
    assert all(file.closed for file in site.opened)


def test_the_head_of_a_file() -> None:
    head, _, body = _site().serve("GET /a.txt HTTP/1.1\nHost: a").partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")[3:]
    assert lines == [
        b"Content-Type: text/plain",
        b"Content-Length: 4",
        b"Last-Modified: Sun, 09 Sep 2001 01:46:40 GMT",
        b"Connection: keep-alive",
        b'ETag: "3b9aca00-4"',
        b"Accept-Ranges: bytes",
    ]
    assert body == b"text"
    assert b"ETag" not in _site("etag off;").serve("GET /a.txt HTTP/1.1\nHost: a")


def test_a_directory_is_redirected_to_with_its_arguments() -> None:
    assert _site("absolute_redirect off;").location_of("/dir?x=1") == "/dir/?x=1"


def test_what_is_missing_is_logged_unless_that_is_off() -> None:
    site = _site()
    site.get("/none")
    assert site.connection.logged == [("error", b'open() "/etc/nginx/html/none" failed (2: No such file or directory)')]
    site = _site("log_not_found off;")
    site.get("/none")
    assert site.connection.logged == []


def test_each_output_buffer_is_a_chunk_of_its_own() -> None:
    site = _site('output_buffers 1 4; default_type text/html; postpone_output 0; sub_filter "none" "";')
    assert site.get("/big")[1] == "4\r\n0123\r\n4\r\n4567\r\n2\r\n89\r\n0\r\n\r\n"


@pytest.mark.parametrize(
    ("settings", "chunks"),
    [
        ("", "a\r\n0123456789\r\n4\r\ntext\r\n"),
        ("charset koi8-r; source_charset utf-8; charset_types *;", "4\r\n0123\r\n4\r\n4567\r\n2\r\n89\r\n4\r\ntext\r\n"),
    ],
)
def test_with_sendfile_a_file_is_one_chunk_unless_a_filter_looks_at_it(settings: str, chunks: str) -> None:
    settings += " sendfile on; output_buffers 1 4; default_type text/html; add_after_body /a.txt; addition_types *;"
    site = Site(
        f"charset_map koi8-r utf-8 {{ }} server {{ {settings} location / {{ }} location /a.txt {{ charset off; }} }}", _FILES
    )
    assert site.get("/big")[1] == chunks + "0\r\n\r\n"


@pytest.mark.parametrize(
    ("ranges", "reads"),
    [("3-8", [(3, 4), (7, 2)]), ("1-2,6-7", [(1, 2), (6, 2)]), ("-1", [(9, 1)]), ("0-", [(0, 4), (4, 4), (8, 2)])],
)
def test_of_a_range_no_more_is_read(ranges: str, reads: list[tuple[int, int]]) -> None:
    site = _site("output_buffers 1 4;")
    assert site.get("/big", headers=f"\nRange: bytes={ranges}")[0] == 206
    assert site.opened[0].reads == reads


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("output_buffers 1 4;", b'pread() read only 2 of 4 from "/etc/nginx/html/big"'),
        ("", b'pread() read only 6 of 10 from "/etc/nginx/html/big"'),
        ("sendfile on;", b'sendfile() reported that "/etc/nginx/html/big" was truncated at 6'),
    ],
)
def test_a_file_that_becomes_shorter_ends_the_connection(settings: str, message: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the client would wait for the rest, or take the next answer for it."""
    monkeypatch.setattr(MemoryFile, "read", lambda file, offset, size: b"012345"[offset : offset + size])
    site = _site(settings)
    site.serve("GET /big HTTP/1.1\nHost: a")
    assert site.connection.terminated == ERROR and not site.connection.finished
    assert site.connection.logged == [("alert", message)] and site.opened[0].closed


def test_a_file_that_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(file: MemoryFile, offset: int, size: int) -> bytes:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(MemoryFile, "read", fail)
    site = _site()
    site.serve("GET /big HTTP/1.1\nHost: a")
    assert site.connection.terminated == ERROR
    assert site.connection.logged == [("crit", b'pread() "/etc/nginx/html/big" failed (5: Input/output error)')]


def test_the_output_buffers_limit_what_waits_for_a_subrequest() -> None:
    site = _site("output_buffers 2 4; default_type text/html; postpone_output 0; add_before_body /a.txt;")
    assert site.get("/big")[1] == "4\r\ntext\r\n8\r\n01234567\r\n2\r\n89\r\n0\r\n\r\n"


@pytest.mark.parametrize(
    ("error", "status", "level"),
    [
        (PermissionError(13, "Permission denied"), 403, "error"),
        (NotADirectoryError(20, "Not a directory"), 404, "error"),
        (OSError(24, "Too many open files"), 500, "crit"),
    ],
)
def test_a_file_that_cannot_be_opened(error: OSError, status: int, level: str) -> None:
    site = Site("server { }", {"/etc/nginx/html/a": "x"})
    site.failing[OpenFile] = error
    assert site.get("/a")[0] == status
    message = f'open() "/etc/nginx/html/a" failed ({error.errno}: {error.strerror})'.encode()
    assert site.connection.logged == [(level, message)]


def test_what_is_neither_file_nor_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    site = Site("server { }", {"/etc/nginx/html/pipe": ""})
    monkeypatch.setattr(site, "_status", lambda path: FileStatus("other", 0, 0))
    assert site.get("/pipe")[0] == 404
    assert site.connection.logged == [("crit", b'"/etc/nginx/html/pipe" is not a regular file')]


@pytest.mark.parametrize(
    ("settings", "links"),
    [
        ("", None),
        ("disable_symlinks off;", None),
        ("disable_symlinks on;", LinkCheck(owners=False, start=0)),
        ("disable_symlinks if_not_owner;", LinkCheck(owners=True, start=0)),
        ("disable_symlinks on from=$document_root;", LinkCheck(owners=False, start=len(_ROOT))),
        ("disable_symlinks on from=/etc/nginx/;", LinkCheck(owners=False, start=len("/etc/nginx"))),
        ("disable_symlinks on from=/etc/ng;", LinkCheck(owners=False, start=0)),
        ("disable_symlinks on from=/other;", LinkCheck(owners=False, start=0)),
        (f"disable_symlinks on from={_ROOT}/a.txt;", None),
    ],
)
def test_which_links_are_refused(settings: str, links: LinkCheck | None) -> None:
    site = _site(settings)
    assert site.get("/a.txt")[0] == 200
    assert site.links == [links]


def test_a_refused_link() -> None:
    site = _site("disable_symlinks on;")
    site.failing[OpenFile] = OSError(errno.ELOOP, "Too many levels of symbolic links", b"a.txt")
    assert site.get("/a.txt")[0] == 403
    refused = f'openat() "{_ROOT}/a.txt" failed (40: Too many levels of symbolic links)'
    assert site.connection.logged == [("error", refused.encode())]


def test_a_refused_link_in_try_files_and_index() -> None:
    site = Site("server { disable_symlinks on; location / { try_files $uri =418; } location /dir/ { } }", _FILES)
    site.failing[Stat] = OSError(errno.ELOOP, "Too many levels of symbolic links", b"a.txt")
    assert site.get("/a.txt")[0] == 418
    refused = f'openat() "{_ROOT}/a.txt" failed (40: Too many levels of symbolic links)'
    assert site.connection.logged == [("crit", refused.encode())]
    assert site.get("/dir/")[0] == 403
