"""ngxpush.config.files: the main file and includes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ngxpush.config.files import Files
from ngxpush.config.tree import Position, Statement
from tests.machine import Machine

PLACE = Position("/nginx.conf", 1)
INCLUDE = Statement(b"include", (), PLACE, PLACE)


class _Directories(Machine):
    def read(self, path: str) -> bytes:
        raise IsADirectoryError(21, "Is a directory")


def _include(machine: Machine, path: bytes) -> tuple[list[int | None], list[str], list[str]]:
    """How many statements each tree has (None: not read), what is reported, which files were read."""
    said: list[str] = []
    files = Files(machine, lambda level, message, *_: said.append(f"[{level}] {message}"))
    trees = [None if nodes is None else len(nodes) for nodes in files.include(path, PLACE, INCLUDE)]
    return trees, said, list(files.sources)


MACHINE = Machine({"/a.conf": b"a; b;", "/b.conf": b"c;"})


@pytest.mark.parametrize(
    ("path", "trees", "said", "read"),
    [
        (b"/a.conf", [2], [], ["/a.conf"]),
        (b"/*.conf", [2, 1], [], ["/a.conf", "/b.conf"]),
        (b"/none*.conf", [], [], []),
        (b"/none.conf", [None], ['[emerg] open() "/none.conf" failed (2: No such file or directory)'], []),
    ],
)
def test_include(path: bytes, trees: list[int | None], said: list[str], read: list[str]) -> None:
    assert _include(MACHINE, path) == (trees, said, read)


def test_a_directory() -> None:
    assert _include(_Directories({}), b"/d") == ([None], ['[crit] pread() "/d" failed (21: Is a directory)'], [])


def _depth(path: bytes, files: Files, following: Callable[[int], bytes]) -> int:
    """How deep includes go that lead from one file to the next."""
    open_includes = [files.include(path, PLACE, INCLUDE)]
    while next(open_includes[-1]) is not None:
        open_includes.append(files.include(following(len(open_includes)), PLACE, INCLUDE))
    return len(open_includes) - 1


def test_a_file_that_includes_itself_comes_to_an_end() -> None:
    said: list[str] = []
    files = Files(MACHINE, lambda level, message, *_: said.append(message))
    assert _depth(b"/a.conf", files, lambda depth: b"/a.conf") == 3
    assert said == ['open() "/a.conf" failed (24: Too many open files)']


def test_includes_go_as_deep_as_there_are_descriptors() -> None:
    said: list[str] = []
    machine = Machine({f"/{number}": b"" for number in range(2000)})
    files = Files(machine, lambda level, message, *_: said.append(message))
    assert _depth(b"/0", files, b"/%d".__mod__) == machine.descriptors() - 6
    assert said == ['open() "/1018" failed (24: Too many open files)']
