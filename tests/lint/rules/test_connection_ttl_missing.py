"""PS402 beside its examples."""

from __future__ import annotations

import pytest

from tests.lint.one_file import marked, server


@pytest.mark.parametrize(("mode", "expected"), [("websocket", ["push_stream_subscriber"]), ("websoket", [])])
def test_nothing_is_said_of_a_mode_that_nginx_refuses(mode: str, expected: list[str]) -> None:
    location = f"location /a {{ push_stream_subscriber {mode}; push_stream_channels_path a; }}"
    assert marked("PS402", server(location)) == expected
