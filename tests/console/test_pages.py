"""The documents. What they show is tested in test_application.py."""

from __future__ import annotations

import re

import pytest
from jinja2 import UndefinedError

from ngxpush.console.pages import asset, render


def test_a_missing_value_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        render("health_part")


def test_pages_need_nothing_from_elsewhere_and_no_inline_scripts() -> None:
    """As the Content-Security-Policy wants it."""
    for name in ("console.js", "console.css"):
        assert not re.search(rb"https?://|@import|url\(", asset(name))
    layout = asset("layout.html.j2").decode()
    assert re.findall(r"<script[^>]*>[^<]*", layout) == ['<script src="/console.js" defer>']
    assert not re.search(
        r"\son\w+=|style=", "".join(asset(f"{name}.html.j2").decode() for name in ("layout", "channel", "channels"))
    )
