"""satisfy."""

from __future__ import annotations

import pytest

from tests.http.serving import Site, server


def test_satisfy_any() -> None:
    auth = 'auth_basic "m"; auth_basic_user_file gone; try_files /none =404;'
    assert server(f"location / {{ satisfy any; allow 127.0.0.1; deny all; {auth} }}").get("/")[0] == 404
    assert server(f"location / {{ satisfy any; deny all; {auth} }}").get("/")[0] == 401


@pytest.mark.parametrize(("text", "slept"), [("auth_basic x; auth_basic_user_file users;", [1.5]), ("deny all;", [])])
def test_auth_delay_holds_back_a_401(text: str, slept: list[float]) -> None:
    site = Site(f"server {{ auth_delay 1500ms; location / {{ {text} }} }}")
    site.get("/")
    assert site.slept == slept
