"""The roles of locations, from the table of directives."""

from __future__ import annotations

import pytest

from ngxpush.config.role import role_of
from tests.http.serving import compiled


@pytest.mark.parametrize(
    ("directive", "role"),
    [
        ("push_stream_publisher;", "publisher normal"),
        ("push_stream_publisher admin;", "publisher admin"),
        ("push_stream_subscriber websocket;", "subscriber websocket"),
        ("push_stream_channels_statistics;", "statistics"),
        ("stub_status;", "None"),
        ("root html;", "None"),
    ],
)
def test_roles(directive: str, role: str) -> None:
    zone = "push_stream_shared_memory_size 10m;"
    text = f"{zone} server {{ listen 80; location /x {{ {directive} push_stream_channels_path $arg_id; }} }}"
    http = compiled(text).http
    assert http is not None
    (server,) = http.servers
    (location,) = server.location.locations.prefix.values()
    assert str(role_of(location, location.content_handler)) == role
