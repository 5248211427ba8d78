"""PS403 beside its examples."""

from __future__ import annotations

import pytest

from tests.lint.one_file import http, marked, server

_PASS = "proxy_pass http://127.0.0.1:81"
_UPGRADE = "proxy_set_header Upgrade $http_upgrade;"
_MARK = ["proxy_pass"]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (server(f"location /chat {{ {_PASS}; proxy_http_version 1.1; {_UPGRADE} }}"), _MARK),
        (server(f"location /chat {{ {_PASS}; {_UPGRADE} proxy_set_header Connection upgrade; }}"), _MARK),
        (server(f"location ~ ^/app/websocket$ {{ {_PASS}; }}"), _MARK),
        (server(rf"location ~ ^/socket\.io/ {{ {_PASS}; }}"), _MARK),
        (server(f"location /ws/auth {{ internal; {_PASS}; }}"), []),
        (server(f"location /browser/ {{ {_PASS}; }}"), []),
        # A proxy_set_header of its own: none of those around it.
        (
            server(
                f"proxy_http_version 1.1; {_UPGRADE} proxy_set_header Connection upgrade;"
                f"location /ws/ {{ {_PASS}; proxy_set_header Host $host; }}"
            ),
            _MARK,
        ),
        (
            http(
                f"server {{ listen 80; location /live {{ {_PASS}; }} }} server {{ listen 81; location /live {{"
                " push_stream_subscriber websocket; push_stream_channels_path $arg_id; } }"
            ),
            _MARK,
        ),
    ],
)
def test_websockets_that_are_passed_on(content: str, expected: list[str]) -> None:
    assert marked("PS403", content) == expected
