"""Warnings in fewer lines."""

from __future__ import annotations

import pytest

from ngxpush.cli.grouped import gathered, grouped

STDERR = "can't be written (No such file or directory): what is logged there goes to standard error"


def test_the_same_of_several_files_is_one_line() -> None:
    said = [f"/a.log {STDERR}", "no effect: user", f"/b.log {STDERR}", "/c can't be read", f"/a.log {STDERR}", "no effect: user"]
    assert grouped(said) == [f"/a.log, /b.log {STDERR}", "no effect: user", "/c can't be read"]


def test_they_are_said_at_the_end() -> None:
    said: list[str] = []
    with pytest.raises(RuntimeError), gathered(said.append) as warn:
        warn(f"/a.log {STDERR}")
        warn(f"/b.log {STDERR}")
        assert said == []
        raise RuntimeError
    assert said == [f"/a.log, /b.log {STDERR}"]
