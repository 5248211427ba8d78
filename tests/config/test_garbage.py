"""ngxpush.config.garbage: a pause for the garbage collector."""

from __future__ import annotations

import gc

import pytest

from ngxpush.config.garbage import kept


def test_a_pause() -> None:
    with kept():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_ends_with_an_error_too() -> None:
    with pytest.raises(LookupError), kept():
        raise LookupError
    assert gc.isenabled()


def test_a_collector_that_is_off_stays_off() -> None:
    gc.disable()
    try:
        with kept():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
