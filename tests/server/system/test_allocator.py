"""Memory that goes back."""

from __future__ import annotations

from typing import Any, cast
from unittest.mock import Mock

import pytest

from ngxpush.server.system import allocator
from ngxpush.server.system.allocator import Allocator

from ..fakes import FakeLoop


def test_what_is_freed_at_about_the_same_time_goes_back_in_one_go(monkeypatch: pytest.MonkeyPatch) -> None:
    library = Mock()
    monkeypatch.setattr(allocator.ctypes, "CDLL", lambda name: library)
    loop = FakeLoop()
    memory = Allocator(cast(Any, loop))
    for _ in range(3):
        memory.much_is_free()
    assert not library.malloc_trim.called
    loop.advance(2)
    library.malloc_trim.assert_called_once_with(0)


def test_a_library_without_it_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allocator.ctypes, "CDLL", lambda name: object())
    loop = FakeLoop()
    Allocator(cast(Any, loop)).much_is_free()
    assert loop.pending == 0
