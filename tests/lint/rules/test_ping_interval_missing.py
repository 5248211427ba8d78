"""PS401 beside its examples."""

from __future__ import annotations

import pytest

from tests.lint.one_file import http, marked, server

_EVENTS = "push_stream_subscriber eventsource; push_stream_channels_path $arg_id;"
_MARK = ["push_stream_subscriber"]


def passed_to(address: str) -> str:
    """A server on port 81, and one that passes requests on to an address."""
    return http(
        f"server {{ listen 81; location /ev {{ {_EVENTS} }} }} server {{ location / {{ proxy_pass http://{address}; }} }}"
    )


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (server(f"location /ev {{ {_EVENTS} }}"), []),
        (server(f"real_ip_header X-Real-IP; location /ev {{ {_EVENTS} }}"), _MARK),
        (server(f"location /ev {{ {_EVENTS} proxy_read_timeout 60s; }}"), _MARK),
        (server(f"add_header X-Accel-Buffering no; location /ev {{ {_EVENTS} }}"), _MARK),
        (server(f"add_header X-Accel-Buffering no; location /ev {{ {_EVENTS} push_stream_ping_message_interval 5s; }}"), []),
        (http(f"server {{ listen 81 proxy_protocol; location /ev {{ {_EVENTS} }} }}"), _MARK),
        (
            passed_to("localhost:81"),
            _MARK,
        ),
        (
            passed_to("localhost:82"),
            [],
        ),
        (
            passed_to("10.0.0.1:81"),
            [],
        ),
        (http(f"upstream push {{ server unix:/p; }} server {{ listen unix:/p; location /ev {{ {_EVENTS} }} }}"), _MARK),
    ],
)
def test_signs_of_a_proxy(content: str, expected: list[str]) -> None:
    assert marked("PS401", content) == expected
