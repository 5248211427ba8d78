"""PS405 beside its examples."""

from __future__ import annotations

import pytest

from tests.lint.one_file import marked, server

_STREAM = "push_stream_subscriber; push_stream_channels_path $arg_id;"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (server(f"location /s {{ {_STREAM} push_stream_header_template ''; }}"), ["push_stream_subscriber"]),
        (server(f"push_stream_header_template hello; location /s {{ {_STREAM} }}"), []),
        (server(f"push_stream_header_template_file nginx.conf; location /s {{ {_STREAM} }}"), []),
        (server(f"postpone_output 1; location /s {{ {_STREAM} }}"), []),
        (server(f"postpone_output 4k; location /s {{ {_STREAM} }}"), ["push_stream_subscriber"]),
    ],
)
def test_header_templates(content: str, expected: list[str]) -> None:
    assert marked("PS405", content) == expected
