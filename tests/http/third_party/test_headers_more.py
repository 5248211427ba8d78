"""headers-more. tests/differential/test_third_party.py asks Debian's build of it the same and more."""

from __future__ import annotations

import pytest

from tests.http.serving import Site, server


def _head(changes: str, target: str = "/", headers: str = "") -> list[str]:
    """The lines of an answer, without its status."""
    answer = server(changes, {"/etc/nginx/html/a.txt": "text"}).serve(f"GET {target} HTTP/1.1\nHost: here{headers}")
    return [line for line in answer.partition(b"\r\n\r\n")[0].decode().split("\r\n")[1:] if not line.startswith("Date: ")]


@pytest.mark.parametrize(
    ("changes", "lines"),
    [
        ('more_set_headers "Server: me" "X: 1" "X: 2";', ["Server: me", "X: 2"]),
        ('more_clear_headers Server; more_set_headers "X: 1";', ["X: 1"]),
        ('more_set_headers "X-A: 1" "X-B: 2" "Y: 3"; more_clear_headers "X-*";', ["Server: nginx/1.22.1", "Y: 3"]),
        ('more_set_headers "X-A: 1" "X-B: 2" "X-*: 3";', ["Server: nginx/1.22.1", "X-A: 3"]),
        ('more_set_headers -s 404 "X: 1"; more_set_headers -s 204 "Y: 1";', ["Server: nginx/1.22.1", "Y: 1"]),
        (
            'more_set_headers "Date: d" "Location: /a" "Expires: x";',
            ["Server: nginx/1.22.1", "Location: http://here:8080/a", "Expires: x"],
        ),
        ("more_clear_headers Expires; expires 1h;", ["Server: nginx/1.22.1", "Cache-Control: max-age=3600"]),
        ('more_set_headers "Location: http://b/";', ["Server: nginx/1.22.1", "Location: http://b/"]),
    ],
)
def test_lines(changes: str, lines: list[str]) -> None:
    found = _head(f"location / {{ {changes} return 204; }}")
    assert [line for line in found if not line.startswith("Connection")] == lines


def test_what_nginx_knows_of_a_file() -> None:
    clears = "more_clear_headers Content-Length Last-Modified ETag Accept-Ranges Content-Type Server;"
    assert _head(f"location / {{ {clears} }}", "/a.txt") == ["Transfer-Encoding: chunked", "Connection: keep-alive"]
    sets = 'more_set_headers -t text/plain "Content-Type: a/b; charset=x" "Content-Length: 4" "Last-Modified: m"; charset utf-8;'
    found = _head(f"types {{ text/plain txt; }} location / {{ {sets} }}", "/a.txt")
    assert "Content-Type: a/b; charset=x" in found
    assert found.count("Content-Length: 4") == 1
    assert "Last-Modified: m" in found
    assert _head('location / { more_set_headers "Content-Length: x"; return 200 a; }') == []


def test_a_length_that_changes_is_nginxs_own() -> None:
    found = _head('location / { more_set_headers "Content-Length: 4" "Content-Encoding: x"; }', "/a.txt", "\nRange: bytes=1-2")
    assert [line for line in found if line.startswith("Content-Length")] == ["Content-Length: 2"]


def test_requests() -> None:
    site = Site(
        """server { location / {
            more_set_input_headers "X-A: $uri" "Host: Other:1" "Content-Length: 3"; more_clear_input_headers "Y-*";
            more_set_input_headers -r "New: 1"; more_set_input_headers -t a/b "Typed: 1";
            try_files /none =404; error_page 404 @shown;
        }
        location @shown { return 200 "$host $http_x_a $http_y_a $http_new $http_typed $content_length"; } }"""
    )
    assert site.get("/p", headers="\nY-A: 1")[1] == "other /p    3"
    assert site.get("/p", headers="\nContent-Type: a/b\nNew: 2")[1] == "other /p  1 1 3"
