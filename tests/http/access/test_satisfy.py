"""satisfy."""

from __future__ import annotations

from tests.http.serving import server


def test_satisfy_any() -> None:
    auth = 'auth_basic "m"; auth_basic_user_file gone; try_files /none =404;'
    assert server(f"location / {{ satisfy any; allow 127.0.0.1; deny all; {auth} }}").get("/")[0] == 404
    assert server(f"location / {{ satisfy any; deny all; {auth} }}").get("/")[0] == 401
