"""Values in force."""

from __future__ import annotations

from ngxpush.console.effective import block_at, values_in_force
from tests.console.opened import block_of, served

_HTTP = """
    push_stream_message_ttl 5m;
    push_stream_ping_message_interval 10s;
    server {
        location /pub { push_stream_publisher; push_stream_channels_path $arg_id; allow 192.0.2.1; deny all; }
        location /sub {
            push_stream_subscriber;
            push_stream_channels_path $arg_id;
            push_stream_ping_message_interval 3s;
        }
    }
"""


def test_what_is_written_and_the_defaults_of_push() -> None:
    values = {value.name: value for value in values_in_force(block_of(served(_HTTP), "/pub"))}
    assert [text for text, _ in values["push_stream_publisher"].written] == ["push_stream_publisher"]
    assert [text for text, _ in values["push_stream_ping_message_interval"].written] == ["push_stream_ping_message_interval 10s"]
    assert [position.line for _, position in values["push_stream_ping_message_interval"].written] == [4]
    assert [text for text, _ in values["deny"].written] == ["deny all"]
    # Another directive has set it.
    modified = values["if_modified_since"]
    assert (modified.value, [text for text, _ in modified.written]) == ("off", ["push_stream_publisher"])
    assert (values["push_stream_message_template"].value, values["push_stream_message_template"].written) == ("~text~", ())
    assert "root" not in values and "push_stream_subscriber" not in values


def test_an_inner_value_wins() -> None:
    values = {value.name: value for value in values_in_force(block_of(served(_HTTP), "/sub"))}
    assert [text for text, _ in values["push_stream_ping_message_interval"].written] == ["push_stream_ping_message_interval 3s"]


def test_a_block_by_its_place() -> None:
    shown = served(_HTTP)
    http = shown.setup.configuration.http
    assert http is not None
    block = block_at(http, "/conf/nginx.conf", 6)
    assert block is block_of(shown, "/pub")
    assert block_at(http, "/conf/nginx.conf", 4) is None
    assert block_at(http, "/other.conf", 6) is None
