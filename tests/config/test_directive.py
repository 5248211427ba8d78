"""ngxpush.config.directive: blocks and uses."""

from __future__ import annotations

import pytest

from ngxpush.config.analyzer import analyze
from ngxpush.config.directive import Scope
from ngxpush.config.places import Context
from tests.machine import Machine


def _location(http: str) -> Scope:
    """The last location."""
    machine = Machine({"/nginx.conf": f"events {{}} http {{ {http} }}".encode()})
    return [scope for scope in analyze("/nginx.conf", "/", system=machine).root.walk() if scope.context is Context.LOCATION][-1]


HTTP = "add_header A 1; add_header B 1; expires 1; server { expires 2; location / { root /a; } }"


def test_the_nearest_block_that_uses_a_directive() -> None:
    location = _location(HTTP)
    found = [location.nearest(*names) for names in (("add_header",), ("expires",), ("root",), ("expires", "root"), ("alias",))]
    assert [None if scope is None else scope.context for scope in found] == [
        Context.HTTP, Context.SERVER, Context.LOCATION, Context.LOCATION, None,
    ]  # fmt: skip


def test_what_is_in_force() -> None:
    location = _location(HTTP)
    effective = location.effective("expires")
    assert effective is not None and effective.statement.arguments == (b"2",)
    assert [setting.value.name for setting in location.effective_all("add_header")] == [b"A", b"B"]
    assert (location.effective("alias"), location.effective_all("alias")) == (None, ())


def test_the_block_around() -> None:
    location = _location(HTTP)
    assert location.enclosing(Context.HTTP | Context.STREAM).context is Context.HTTP
    with pytest.raises(LookupError):
        location.enclosing(Context.STREAM)


def test_what_is_lacking() -> None:
    location = _location("server { location / { push_stream_message_ttl 5m; expires 1; } }")
    http = location.enclosing(Context.HTTP)
    assert http.lacks("push_stream_shared_memory_size")
    assert not http.lacks("push_stream_message_ttl")  # it stands where it may not, but someone wants it
    assert not location.lacks("expires")
