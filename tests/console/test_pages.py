"""The documents. What they show is tested with those who show it."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest
from jinja2 import UndefinedError

from ngxpush.config.text import shown
from ngxpush.console.pages import asset, render


def test_a_missing_value_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        render("health_part")


def test_bytes_that_are_no_utf_8_are_escaped() -> None:
    """Texts about a configuration or a request have them as surrogates, which no answer can carry."""
    assert "\\xff&lt; ü" in render("requests_part", rows=shown(b"\xff< \xc3\xbc"))


def test_pages_need_nothing_from_elsewhere_and_no_inline_scripts() -> None:
    """As the Content-Security-Policy wants it."""
    written = {file.name: file.read_text() for file in files("ngxpush.console.pages").iterdir() if file.name.endswith(".j2")}
    for name in ("console.js", "source.js", "subscriber.js", "console.css"):
        assert not re.search(rb"https?://|@import|url\(", asset(name))
    scripts = re.findall(r"<script[^>]*>[^<]*", "".join(written.values()))
    assert set(scripts) == {f'<script src="/{name}.js" defer>' for name in ("console", "source", "subscriber")}
    assert not re.search(r"\son\w+=|\sstyle=|https?://", "".join(written.values()))
