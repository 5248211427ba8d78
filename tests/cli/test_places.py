"""Places in short."""

from __future__ import annotations

import os

from ngxpush.cli.places import places, places_by_name
from ngxpush.config.tree import Position, Statement


def _at(name: str, file: str, line: int) -> Statement:
    return Statement(name.encode(), (), Position(file, line), Position(file, line))


def test_lines_of_one_file_name_it_once() -> None:
    found = [_at("a", "x.conf", 3), _at("a", "x.conf", 3), _at("a", "x.conf", 7), _at("a", "y.conf", 1), _at("b", "x.conf", 2)]
    assert places(found) == "a (x.conf:3, 7, y.conf:1), b (x.conf:2)"


def test_of_many_some_are_named() -> None:
    assert places(_at("a", "x", line) for line in range(1, 9)) == "a (x:1, 2, 3, 4, 5 and 3 more)"
    assert places(_at(f"n{line}", "x", line) for line in range(8)).endswith("n5 (x:5) and 2 more")


def test_files_are_named_from_here() -> None:
    here = os.getcwd()
    assert places([_at("a", f"{here}/conf.d/x.conf", 1), _at("b", f"{here}-too/x.conf", 2)]) == (
        f"a (conf.d/x.conf:1), b ({here}-too/x.conf:2)"
    )


def test_other_names() -> None:
    assert places_by_name([("njs", _at("js_import", "x", 1)), ("njs", _at("js_set", "x", 2))]) == "njs (x:1, 2)"
