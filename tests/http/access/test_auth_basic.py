"""auth_basic."""

from __future__ import annotations

import pytest

from tests.http.serving import server


@pytest.mark.parametrize(
    ("credentials", "status"), [("", 401), ("YW5uOnB3", 404), ("YW5uOm5v", 401), ("Ym9iOnB3", 401), ("c3NoYTpzM2NyZXQ=", 404)]
)
def test_auth_basic(credentials: str, status: int) -> None:
    users = "# people\nann:{PLAIN}pw:comment\nann:{PLAIN}no\nssha:{SSHA}Kd6WTgXUWO7I5P9fPmJ57jB1K5NwZXBwZXI=\n"
    site = server('auth_basic "m"; auth_basic_user_file users; try_files /none =404;', {"/etc/nginx/users": users})
    headers = f"\nAuthorization: Basic {credentials}" if credentials else ""
    assert site.get("/", headers=headers)[0] == status


def test_auth_basic_without_its_file() -> None:
    site = server('location / { auth_basic "m"; auth_basic_user_file gone; }')
    assert b'WWW-Authenticate: Basic realm="m"' in site.serve("GET / HTTP/1.1\nHost: x")
    assert site.get("/", headers="\nAuthorization: Basic YW5uOnB3")[0] == 403
