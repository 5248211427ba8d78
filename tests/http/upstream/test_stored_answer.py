"""proxy_store: which answers become files, where, and what is left of the others."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import pytest

from ngxpush.http.operations import MakeFile, Write
from ngxpush.server.system.file_tree import SystemFileTree
from tests.http.fakes import MemoryBodyFile

from .servers import CLOSED, ProxiedSite, Server, location, says

_HEAD = "HTTP/1.1 200 OK\n"
_DATED = "Last-Modified: Mon, 01 Jan 2001 00:00:00 GMT\n"


class _TemporaryFile(MemoryBodyFile):
    """A temporary file that is on the disk, too."""

    def __init__(self, path: Path) -> None:
        super().__init__(name=str(path).encode())
        self.path = path
        path.touch()

    def add(self, data: bytes) -> None:
        self.content += data
        self.size += len(data)
        self.path.write_bytes(self.content)

    def close(self, remove: bool) -> None:
        self.path.unlink(missing_ok=True)


class _StoringSite(ProxiedSite):
    """A site whose location /a/ stores answers below `directory`. broken: the operation on the temporary file that fails."""

    def __init__(
        self, directory: Path, *servers: Server, directives: str = "proxy_store on;", broken: type | None = None
    ) -> None:
        super().__init__(location(f"root {directory}; {directives}", "http://127.0.0.1:81", "/a/"), *servers)
        self.tree = SystemFileTree((b"root",))
        self.directory = directory
        self.broken = broken
        self.made: list[MakeFile] = []

    def _perform(self, operation: Any) -> tuple[Any, OSError | None]:
        if isinstance(operation, MakeFile | Write):
            if isinstance(operation, self.broken or ()):
                return None, OSError(errno.ENOSPC, "No space left on device", b"/temp/1")
            if isinstance(operation, MakeFile):
                self.made.append(operation)
                return _TemporaryFile(self.directory / "temporary"), None
            assert isinstance(operation.file, _TemporaryFile)
            operation.file.add(operation.data)
            return None, None
        return super()._perform(operation)

    @property
    def stored(self) -> dict[str, str]:
        """The files, and what is in them."""
        files = (path for path in self.directory.rglob("*") if path.is_file())
        return {str(path.relative_to(self.directory)): path.read_text() for path in files}


@pytest.mark.parametrize(
    ("answer", "method", "stored"),
    [
        (says(_HEAD + "Content-Length: 2\n\nok"), "GET", "ok"),
        (says(_HEAD + "Transfer-Encoding: chunked\n\n2\nok\n0\n\n"), "GET", "ok"),
        (says(_HEAD + "\nok"), "GET", "ok"),
        (says(_HEAD + "Content-Length: 0\n\n"), "GET", ""),
        (says(_HEAD + "Content-Length: 9\n\nok"), "GET", None),
        (says(_HEAD + "Transfer-Encoding: chunked\n\n2\nok\nx\n\n"), "GET", None),
        (says(_HEAD + "X-Accel-Buffering: no\nContent-Length: 2\n\nok"), "GET", None),
        (says("HTTP/1.1 404 Not Found\nContent-Length: 2\n\nok"), "GET", None),
        (says("ok"), "GET", None),
        (says(_HEAD + "Content-Length: 2\n\n"), "HEAD", None),
        (says(_HEAD + "Content-Length: 0\n\n"), "HEAD", ""),
        (says(_HEAD + "\n"), "HEAD", ""),
    ],
)
def test_which_answers(tmp_path: Path, answer: Any, method: str, stored: str | None) -> None:
    tested = _StoringSite(tmp_path, Server(answer, CLOSED))
    tested.serve(f"{method} /a/file HTTP/1.1\nHost: localhost")
    assert tested.stored == ({} if stored is None else {"a/file": stored})


def test_permissions_and_time(tmp_path: Path) -> None:
    directives = "proxy_store on; proxy_store_access user:rw group:r all:r; proxy_temp_path /temp 1 2;"
    tested = _StoringSite(tmp_path, Server(says(_HEAD + _DATED + "Content-Length: 2\n\nok")), directives=directives)
    assert tested.get("/a/file") == (200, "ok")
    file, directory = (tmp_path / "a/file").stat(), (tmp_path / "a").stat()
    assert (file.st_mode & 0o777, directory.st_mode & 0o777, file.st_mtime) == (0o644, 0o755, 978307200)
    assert tested.made == [MakeFile(b"/temp", (1, 2))]


def test_a_path_of_its_own(tmp_path: Path) -> None:
    answer = says(_HEAD + "Content-Length: 2\n\nok")
    tested = _StoringSite(tmp_path, Server(answer), Server(answer), directives=f"proxy_store {tmp_path}$arg_name;")
    tested.get("/a/file?name=/other")
    assert tested.stored == {"other": "ok"}
    tested = _StoringSite(tmp_path, Server(answer), directives="proxy_store $arg_name;")
    tested.get("/a/file")
    assert tested.connection.logged[-1] == ("crit", b'mkdir() "" failed (2: No such file or directory)')


def test_a_place_that_can_not_be_had(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    tested = _StoringSite(tmp_path, Server(says(_HEAD + "Content-Length: 2\n\nok")))
    assert tested.get("/a/file") == (200, "ok")
    assert [level for level, _ in tested.connection.logged] == ["crit"]
    assert tested.stored == {"a": ""}


@pytest.mark.parametrize(("broken", "call"), [(MakeFile, b"open()"), (Write, b"pwrite()")])
def test_a_disk_that_fails(tmp_path: Path, broken: type, call: bytes) -> None:
    tested = _StoringSite(tmp_path, Server(says(_HEAD + "Content-Length: 2\n\nok")), broken=broken)
    assert tested.get("/a/file") == (200, "ok")
    assert tested.connection.logged[0][1].startswith(call)  # type: ignore[arg-type]
    assert tested.connection.logged[0][1].endswith(b"failed (28: No space left on device)")  # type: ignore[arg-type]
    assert tested.stored == {}


def test_the_client_may_leave(tmp_path: Path) -> None:
    tested = _StoringSite(tmp_path, Server(says(_HEAD + "Content-Length: 2\n\nok")))
    left: list[bool] = []
    perform = tested._perform

    def look(operation: Any) -> Any:
        if isinstance(operation, Write):
            assert tested.request is not None
            left.append(tested.request.outlives_client)
        return perform(operation)

    tested._perform = look  # type: ignore[method-assign]
    tested.get("/a/file")
    assert left == [True]
