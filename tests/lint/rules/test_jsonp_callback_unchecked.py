"""PS105 beside its examples."""

from __future__ import annotations

import pytest

from tests.lint.one_file import http, marked

_LONG_POLLING = "push_stream_subscriber long-polling; push_stream_channels_path a;"


@pytest.mark.parametrize(
    ("content", "reported"),
    [
        (f"server {{ listen 80; location /a {{ {_LONG_POLLING} }} }}", True),
        (f"server {{ listen 127.0.0.1:80; location /a {{ {_LONG_POLLING} }} }}", False),
        (f"server {{ location /a {{ if ($arg_callback) {{ return 400; }} {_LONG_POLLING} }} }}", False),
        (f"server {{ if ($args ~ callback) {{ return 400; }} location /a {{ {_LONG_POLLING} }} }}", False),
        (f"server {{ if ($arg_id) {{ return 400; }} location /a {{ {_LONG_POLLING} }} }}", True),
        (f"server {{ location /a {{ set $args id=$arg_id; {_LONG_POLLING} }} }}", False),
        (f"server {{ location /a {{ {_LONG_POLLING.replace('long-polling', 'polling')} }} }}", True),
        (f"server {{ location /a {{ {_LONG_POLLING.replace('long-polling', 'streaming')} }} }}", False),
    ],
)
def test_who_answers_any_callback(content: str, reported: bool) -> None:
    assert marked("PS105", http(content)) == ["push_stream_subscriber"] * reported
