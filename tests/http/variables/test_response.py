"""Variables of the answer."""

from __future__ import annotations

import re

import pytest

from tests.http.serving import Site

LOCATIONS = """
location /text { return 200 hello; }
location /added { add_header X-A first; add_header X-A second; add_header Cache-Control a; add_header Cache-Control b;
                  add_header Link c; add_header Link d; add_header Seen "$seen"; return 200 hello; }
location /moved { return 301 /x; }
location /missing { return 404; }
location /expires { expires 1h; return 200 hello; }
location /file { keepalive_timeout 5 7; }
"""


@pytest.mark.parametrize(
    ("target", "variable", "value"),
    [
        ("/text", "sent_http_content_type", "text/html"),
        ("/text", "sent_http_content_length", "5"),
        ("/text", "sent_http_last_modified", ""),
        ("/text", "sent_http_location", ""),
        ("/text", "sent_http_keep_alive", ""),
        ("/text", "status", "200"),
        ("/text", "request_completion", ""),
        ("/added", "sent_http_x_a", "first"),
        ("/added", "sent_http_x_b", ""),
        ("/added", "sent_http_cache_control", "a, b"),
        ("/added", "sent_http_link", "c, d"),
        ("/moved", "sent_http_location", "/x"),
        ("/moved", "status", "301"),
        ("/missing", "sent_http_content_length", "153"),
        ("/missing", "status", "404"),
        ("/expires", "sent_http_cache_control", "max-age=3600"),
        ("/file", "sent_http_last_modified", "Sun, 09 Sep 2001 01:46:40 GMT"),
        ("/file", "sent_http_keep_alive", "timeout=7"),
        ("/file", "sent_http_connection", "keep-alive"),
    ],
)
def test_while_the_head_is_made(target: str, variable: str, value: str) -> None:
    """As nginx 1.22.1 shows them in add_header."""
    server = f'server {{ listen 80; default_type text/html; add_header Seen "$seen" always; {LOCATIONS} }}'
    site = Site(server.replace("$seen", f"${variable}"), {"/etc/nginx/html/file": "hello"})
    seen = re.search(r"(?m)^Seen: (.*)\r$", site.serve(f"GET {target} HTTP/1.1\nHost: a").decode())
    assert (seen[1] if seen else "") == value


@pytest.mark.parametrize(("version", "bytes_sent"), [("1.1", "0"), ("1.0", "0")])
def test_before_the_head(version: str, bytes_sent: str) -> None:
    site = Site('server { listen 80; location / { return 200 "$bytes_sent $body_bytes_sent|$sent_http_transfer_encoding"; } }')
    assert site.serve(f"GET / HTTP/{version}\nHost: a").endswith(f"\r\n\r\n{bytes_sent} 0|".encode())
