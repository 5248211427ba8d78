"""PS204 beside its examples."""

from __future__ import annotations

import pytest

from tests.lint.one_file import marked, server

_SUBSCRIBER = "push_stream_subscriber; push_stream_channels_path $1;"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (f"location ~ /sub/(.*) {{ {_SUBSCRIBER} }} location / {{ root /srv; }}", ["/sub/(.*)"]),
        (f"location ~ /sub/(.*) {{ {_SUBSCRIBER} }} location / {{ proxy_pass http://127.0.0.1; }}", ["/sub/(.*)"]),
        (f"location ~ /sub/(.*) {{ {_SUBSCRIBER} }} location / {{ return 404; }}", []),
        (f"location ~ /sub/(.*) {{ {_SUBSCRIBER} }} location / {{ deny all; }}", []),
        (f"location ~ /sub/(.*) {{ {_SUBSCRIBER} }} location = /a {{ root /srv; }} location @b {{ root /srv; }}", []),
        ("location ~ /pub/.$ { return 204; } location /a/pub/ { root /srv; }", ["/pub/.$"]),
        ("location ~ /pub/.$ { return 204; } location /a/ { root /srv; }", []),
    ],
)
def test_patterns_that_take_from_others(content: str, expected: list[str]) -> None:
    assert marked("PS204", server(content)) == expected
