"""PS203 beside its examples."""

from __future__ import annotations

import pytest

from tests.lint.one_file import http, marked, server

_CHANNEL = "push_stream_subscriber; push_stream_channels_path"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (server(f"location ~ ^/a/(.)(.*)$ {{ {_CHANNEL} $1/$2_$3; }}"), ["$3"]),
        (server(f"location ~ ^/a/(.*)$ {{ {_CHANNEL} $1; if ($arg_a ~ (.)(.)) {{ add_header X $2$3; }} }}"), ["$3"]),
        (server(f"location /a {{ {_CHANNEL} $1; }}"), ["$1"]),
        (server(f"location ~ ^/b/(.)$ {{ error_page 404 /a; }} location /a {{ {_CHANNEL} $1; }}"), []),
        (http(f"server {{ server_name ~^(.*)$; location /a {{ {_CHANNEL} $1; }} }}"), []),
        (http(f"map $arg_a $b {{ ~(.) 1; }} server {{ location /a {{ {_CHANNEL} $b$1; }} }}"), []),
        (server("location ~ ^/a$ { proxy_pass http://127.0.0.1; proxy_redirect ~^/(.)/(.)$ /$1$2$3; }"), ["$3"]),
        (server("location / { rewrite ^/a/(.*)$ /b/$1/$2; }"), ["$2"]),
        (server(f"include more; location ~ ^/a$ {{ {_CHANNEL} $1; unknown; }}"), []),
        (server(f"location ~ ^/a/(?<x>.)$ {{ }} location /b {{ {_CHANNEL} ${{x}}; }}"), ["${x}"]),
    ],
)
def test_captures_that_are_always_empty(content: str, expected: list[str]) -> None:
    assert marked("PS203", content) == expected
