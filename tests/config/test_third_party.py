"""The names of modules that are not part of nginx."""

from __future__ import annotations

import pytest

from ngxpush.config.third_party import module_of


@pytest.mark.parametrize(
    ("name", "module"),
    [
        ("more_set_headers", "headers-more"),
        ("content_by_lua_block", "lua (OpenResty)"),
        ("nchan_pubsub", "nchan"),
        ("mail", "mail (dynamic)"),
        ("no_such_thing", None),
    ],
)
def test_third_party(name: str, module: str | None) -> None:
    assert module_of(name) == module
