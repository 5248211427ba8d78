"""dav, on files of this machine: each answer is one of nginx 1.22.1 (recordings found_flow/dav-*)."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from ngxpush.server.system.file_tree import SystemFileTree

from ..serving import Site

_DESTINATION = "\nDestination: http://localhost"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    for name in ("a.txt", "d/b.txt", "d/c/e.txt", "f/1/2"):
        path = tmp_path / "dav" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    methods = "dav_methods PUT DELETE MKCOL COPY MOVE; dav_access group:rw all:r"
    site = Site(f"""server {{
        root {tmp_path}/dav; {methods}; location / {{ }} location /full/ {{ create_full_put_path on; }}
        location /f/ {{ min_delete_depth 3; }} location /off/ {{ dav_methods off; }}
    }}""")
    (tmp_path / "body").write_text("new")
    site.body_file = SimpleNamespace(name=str(tmp_path / "body").encode())
    site.tree = SystemFileTree((b"root",))
    return site


def _ask(site: Site, method: str, path: str, headers: str = "") -> tuple[int, bytes]:
    """Status, and what is logged."""
    status, _ = site.get(path, method, headers=headers)
    root = site.request.location.sources["root"][0].arguments[0]  # type: ignore[union-attr]
    return status, b"; ".join([text for _, text in site.connection.logged]).replace(root, b"")


def test_a_file_is_written(site: Site, tmp_path: Path) -> None:
    assert _ask(site, "PUT", "/new.txt", "\nDate: Sun, 09 Sep 2001 01:46:40 GMT") == (201, b"")
    assert b"Content-Length: 0\r\nLocation: http://localhost:8080/new.txt\r\n" in site.connection.written
    new = tmp_path / "dav/new.txt"
    assert (new.read_text(), new.stat().st_mtime, new.stat().st_mode & 0o777) == ("new", 1000000000, 0o664)
    (tmp_path / "body").write_text("again")
    assert _ask(site, "PUT", "/full/x/y") == (201, b"")
    assert (tmp_path / "dav/full/x/y").read_text() == "again"
    (tmp_path / "body").write_text("third")
    assert _ask(site, "PUT", "/a.txt") == (204, b"")


@pytest.mark.parametrize(
    ("path", "headers", "status", "message"),
    [
        ("/d/", "", 409, b"cannot PUT to a collection"),
        ("/d", "", 409, b'"/d" could not be created (21: Is a directory)'),
        ("/x", "\nContent-Range: bytes 0-1/2", 501, b"PUT with range is unsupported"),
        ("/none/x", "", 500, b'" to "/none/x" failed (2: No such file or directory)'),
        ("/full/../a.txt/x", "", 500, b'" to "/a.txt/x" failed (20: Not a directory)'),
        ("/off/x", "", 405, b""),
    ],
)
def test_what_is_not_written(site: Site, path: str, headers: str, status: int, message: bytes) -> None:
    answer, logged = _ask(site, "PUT", path, headers)
    assert answer == status
    assert logged.endswith(message)


def test_a_body_that_is_in_no_file(site: Site) -> None:
    site.body_file = None
    assert _ask(site, "PUT", "/x") == (500, b"PUT request body must be in a file")
    site.body = 413
    assert _ask(site, "PUT", "/x") == (413, b"")


@pytest.mark.parametrize(
    ("path", "headers", "status", "message"),
    [
        ("/a.txt", "", 204, b""),
        ("/d/", "", 204, b""),
        ("/none", "", 404, b'lstat() "/none" failed (2: No such file or directory)'),
        ("/a.txt/x", "", 409, b'lstat() "/a.txt/x" failed (20: Not a directory)'),
        ("/d", "", 409, b'DELETE "/d" failed (21: Is a directory)'),
        ("/d/", "\nDepth: 1", 400, b'"Depth" header must be infinity'),
        ("/a.txt", "\nDepth: x", 400, b'client sent invalid "Depth" header: "x"; "Depth" header must be 0 or infinity'),
        ("/a.txt", "\nContent-Length: 1", 415, b"DELETE with body is unsupported"),
        ("/f/1/", "", 409, b"insufficient URI depth:3 to DELETE"),
        ("/f/1/2", "", 204, b""),
    ],
)
def test_delete(site: Site, path: str, headers: str, status: int, message: bytes) -> None:
    assert _ask(site, "DELETE", path, headers) == (status, message)


@pytest.mark.parametrize(
    ("path", "headers", "status", "message"),
    [
        ("/m/", "", 201, b""),
        ("/d/", "", 405, b'mkdir() "/d" failed (17: File exists)'),
        ("/p/q/", "", 409, b'mkdir() "/p/q" failed (2: No such file or directory)'),
        ("/m", "", 409, b"MKCOL can create a collection only"),
        ("/m/", "\nContent-Length: 1", 415, b"MKCOL with body is unsupported"),
    ],
)
def test_mkcol(site: Site, path: str, headers: str, status: int, message: bytes) -> None:
    assert _ask(site, "MKCOL", path, headers) == (status, message)


@pytest.mark.parametrize(
    ("path", "headers", "status", "message"),
    [
        ("/a.txt", _DESTINATION + "/b.txt", 204, b""),
        ("/a.txt", "\nDestination: /%62.txt", 204, b""),
        ("/d/", _DESTINATION + "/dd/", 201, b""),
        ("/d/", _DESTINATION + "/f/", 201, b""),
        ("/d/", _DESTINATION + "/none/q/", 404, b'mkdir() "/none/q" failed (2: No such file or directory)'),
        ("/d", _DESTINATION + "/e", 400, b'"/d" is collection'),
        ("/a.txt", _DESTINATION + "/d/b.txt\nOverwrite: F", 412, b'"/d/b.txt" could not be created (17: File exists)'),
        ("/a.txt", _DESTINATION + "/b\nOverwrite: X", 400, b'client sent invalid "Overwrite" header: "X"'),
        ("/a.txt", _DESTINATION + "/b\nDepth: 1", 400, b'"Depth" header must be 0 or infinity'),
        ("/a.txt", "", 400, b'client sent no "Destination" header'),
        ("/a.txt", "\nDestination: rel", 400, b'client sent invalid "Destination" header: "rel"'),
        ("/a.txt", _DESTINATION, 400, b'client sent invalid "Destination" header: "http://localhost"'),
        (
            "/a.txt",
            "\nDestination: http://other/f",
            400,
            b'"Destination" URI "http://other/f" is handled by different repository than the source URI',
        ),
        (
            "/a.txt",
            "\nDestination: /../h",
            400,
            b'unsafe URI "/../h" was detected; client sent invalid "Destination" header: "/../h"',
        ),
        (
            "/a.txt",
            _DESTINATION + "/d/",
            409,
            b'both URI "/a.txt" and "Destination" URI "http://localhost/d/" should be either collections or non-collections',
        ),
        ("/a.txt", _DESTINATION + "/d", 409, b'"/a.txt" could not be COPYed to collection "http://localhost/d"'),
        ("/a.txt", _DESTINATION + "/a.txt/x", 409, b'lstat() "/a.txt/x" failed (20: Not a directory)'),
        ("/a.txt", _DESTINATION + "/none/x", 500, b'open() "/none/x" failed (2: No such file or directory)'),
    ],
)
def test_copy(site: Site, path: str, headers: str, status: int, message: bytes) -> None:
    assert _ask(site, "COPY", path, headers) == (status, message)


@pytest.mark.parametrize(
    ("path", "headers", "status", "message"),
    [
        ("/a.txt", _DESTINATION + "/full/1/x", 204, b""),
        ("/d/", _DESTINATION + "/dd/", 201, b""),
        ("/none", _DESTINATION + "/q", 404, b'lstat() "/none" failed (2: No such file or directory)'),
        ("/a.txt", _DESTINATION + "/q\nDepth: 0", 400, b'"Depth" header must be infinity'),
        ("/a.txt", _DESTINATION + "/q\nContent-Length: 1", 415, b"COPY and MOVE with body are unsupported"),
    ],
)
def test_move(site: Site, path: str, headers: str, status: int, message: bytes) -> None:
    assert _ask(site, "MOVE", path, headers) == (status, message)


def test_other_methods_are_left_to_others(site: Site) -> None:
    assert _ask(site, "GET", "/a.txt") == (404, b'open() "/a.txt" failed (2: No such file or directory)')


def test_what_is_copied_and_moved(site: Site, tmp_path: Path) -> None:
    root = tmp_path / "dav"
    _ask(site, "COPY", "/d/", _DESTINATION + "/dd/")
    assert (root / "dd/c/e.txt").read_text() == (root / "d/c/e.txt").read_text() == "d/c/e.txt"
    _ask(site, "MOVE", "/dd/", _DESTINATION + "/f/")
    assert (root / "f/c/e.txt").exists()
    assert not (root / "f/1").exists()
    assert not (root / "dd").exists()


@pytest.mark.parametrize("target", ["/d/new/", "/d/c/", "/d/c/new/", "/link/new/"])
@pytest.mark.parametrize("method", ["COPY", "MOVE"])
def test_a_directory_does_not_go_into_itself(site: Site, tmp_path: Path, method: str, target: str) -> None:
    root = tmp_path / "dav"
    (root / "link").symlink_to(root / "d/c")
    before = sorted(root.rglob("*"))
    message = f'"/d/" could not be {method}ed into itself: "{target[:-1]}"'.encode()
    assert _ask(site, method, "/d/", _DESTINATION + target) == (403, message)
    assert sorted(root.rglob("*")) == before


def test_directories_are_deeper_than_calls_may_be_nested(site: Site, tmp_path: Path) -> None:
    below = "/x" * (sys.getrecursionlimit() + 100)
    for length in range(0, len(below) + 1, 2):
        (tmp_path / f"dav/deep{below[:length]}").mkdir()
    assert _ask(site, "COPY", "/deep/", _DESTINATION + "/copy/") == (201, b"")
    assert (tmp_path / f"dav/copy{below}").is_dir()
    assert _ask(site, "DELETE", "/copy/") == (204, b"")
    assert not (tmp_path / "dav/copy").exists()
    assert _ask(site, "DELETE", "/deep/") == (204, b"")
