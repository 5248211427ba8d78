"""The questions rules ask of a configuration."""

from __future__ import annotations

import pytest

from ngxpush.config.directives.push_stream.settings import SUBSCRIBER
from tests.lint.one_file import server, subject_of

_PUBLISHER = "push_stream_publisher; push_stream_channels_path $arg_id;"
_WEBSOCKET = "push_stream_subscriber websocket; push_stream_channels_path $arg_id;"


@pytest.mark.parametrize(
    ("content", "nothing"),
    [
        (f"location /pub {{ {_PUBLISHER} }}", True),
        (f"push_stream_store_messages on; location /pub {{ {_PUBLISHER} }}", False),
        (f"location /pub {{ {_PUBLISHER} push_stream_store_messages on; }}", False),
        (f"location /pub {{ {_PUBLISHER} if ($arg_keep) {{ push_stream_store_messages on; }} }}", False),
        (f"location /pub {{ {_PUBLISHER} }} location /ws {{ {_WEBSOCKET} push_stream_store_messages on; }}", True),
        (f"push_stream_store_messages on; location /ws {{ {_WEBSOCKET} push_stream_websocket_allow_publish on; }}", False),
        (f"location /ws {{ {_WEBSOCKET} push_stream_websocket_allow_publish on; }}", True),
        # Publishers may be in a file that was not given, or in what nginx refuses.
        (f"location /ws {{ {_WEBSOCKET} }}", False),
        (f"location /pub {{ {_PUBLISHER} push_stream_store_message on; }}", False),
        (f"location /pub {{ {_PUBLISHER} }} location /time {{ echo now; }}", True),
    ],
)
def test_stores_nothing(content: str, nothing: bool) -> None:
    assert subject_of(server(content)).stores_nothing() is nothing


def test_what_counts_in_a_location() -> None:
    content = f"""
    push_stream_message_template a;
    location /ws {{ {_WEBSOCKET} if ($arg_b) {{ push_stream_channels_path $arg_b; }} }}"""
    location = next(subject_of(server(content)).push_locations(SUBSCRIBER))
    found = location.effective("push_stream_channels_path", "push_stream_message_template", "push_stream_footer_template")
    assert [setting.statement.arguments for setting in found] == [(b"$arg_id",), (b"$arg_b",), (b"a",)]
    assert location.mode == "websocket"
