"""error_page."""

from __future__ import annotations

import pytest

from tests.http.serving import server


@pytest.mark.parametrize(
    ("page", "answer"),
    [
        ("404 /t", (404, "t [] GET")),
        ("404 =200 /t?a=$uri", (200, "t [a=/x] GET")),
        ("404 = /t", (201, "t [] GET")),
        ("404 = @n", (202, "n /x [q] POST")),
        ("404 @n", (404, "n /x [q] POST")),
    ],
)
def test_error_pages(page: str, answer: tuple[int, str]) -> None:
    site = server(
        f"location /x {{ error_page {page}; return 404; }}"
        'location /t { return 201 "t [$args] $request_method"; } location @n { return 202 "n $uri [$args] $request_method"; }'
    )
    assert site.get("/x?q", method="POST") == answer


def test_error_page_elsewhere() -> None:
    site = server("location / { error_page 404 http://o.example$uri; return 404; }")
    assert site.get("/a")[0] == 302
    assert site.location_of("/a") == "http://o.example/a"


def test_errors_of_error_pages() -> None:
    pages = "location /a { error_page 404 /b; return 404; } "
    pages += "location /b { error_page 410 /c; return 410; } location /c { return 200 c; }"
    assert server(pages).get("/a")[0] == 410
    assert server("recursive_error_pages on; " + pages).get("/a") == (410, "c")
    assert server("recursive_error_pages on; error_page 404 /none; location / { return 404; }").get("/")[0] == 500
    assert server("location / { error_page 404 @none; return 404; }").get("/")[0] == 500
