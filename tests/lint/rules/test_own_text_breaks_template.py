"""PS305 beside its examples."""

from __future__ import annotations

import pytest

from tests.lint.one_file import http, marked

_TEMPLATE = "push_stream_message_template [~text~];"
_LONG_POLLING = f"location /lp {{ push_stream_subscriber long-polling; push_stream_channels_path a; {_TEMPLATE} }}"
_ADMIN = "location /pub { push_stream_publisher admin; push_stream_channels_path a; }"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (f"server {{ {_LONG_POLLING} }}", []),
        (f"push_stream_timeout_with_body on; server {{ {_LONG_POLLING} }}", ["[~text~]"]),
        (f"server {{ {_LONG_POLLING} {_ADMIN} }}", ["[~text~]"]),
        (f"{_TEMPLATE} server {{ {_LONG_POLLING.replace(_TEMPLATE, '') * 2} {_ADMIN} }}", ["[~text~]"]),
        (f"push_stream_channel_deleted_message_text 0; server {{ {_LONG_POLLING} {_ADMIN} }}", []),
    ],
)
def test_texts_that_are_no_json(content: str, expected: list[str]) -> None:
    assert marked("PS305", http(content.replace("location /lp", "location /a", 1))) == expected
