"""A small push server for the tests of the client: `ngxpush run` on a configuration with a location of each kind."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from tests.running import free_port, serving

JSON = b'{"id":~id~,"text":"~text~","tag":~tag~,"time":"~time~"}'

_CONF = """
events {}
http {
    access_log off;
    push_stream_shared_memory_size 32m;
    push_stream_max_channel_id_length 20;
    client_max_body_size 4m;
    server {
        listen 127.0.0.1:%(port)d;
        listen unix:%(directory)s/socket;
        push_stream_store_messages on;
        location /pub { push_stream_publisher admin; push_stream_channels_path $arg_id; }
        location /quiet { push_stream_publisher; push_stream_channels_path $arg_id; push_stream_channel_info_on_publish off; }
        location ~ ^/sub/(.*) { push_stream_subscriber; push_stream_channels_path $1; push_stream_message_template "~text~\\n"; }
        location ~ ^/short/(.*) {
            push_stream_subscriber; push_stream_channels_path $1; push_stream_message_template '%(json)s';
            push_stream_subscriber_connection_ttl 300ms;
        }
        location ~ ^/ev/(.*) { push_stream_subscriber eventsource; push_stream_channels_path $1; }
        location ~ ^/poll/(.*) { push_stream_subscriber polling; push_stream_channels_path $1; }
        location ~ ^/args/(.*) {
            push_stream_subscriber polling; push_stream_channels_path $1; push_stream_message_template "~text~\\n";
            push_stream_last_received_message_time $arg_time; push_stream_last_received_message_tag $arg_tag;
        }
        location ~ ^/lp/(.*) { push_stream_subscriber long-polling; push_stream_channels_path $1; }
        location ~ ^/ws/(.*) {
            push_stream_subscriber websocket; push_stream_channels_path $1; push_stream_message_template '%(json)s';
            push_stream_websocket_allow_publish on;
        }
        location / { return 200 page; }
    }
}
"""


@contextlib.contextmanager
def push_server(directory: Path) -> Iterator[str]:
    """The server while the block lasts. Yields its base URL; `directory` has its unix socket `socket`."""
    port = free_port()
    (directory / "nginx.conf").write_text(_CONF % {"port": port, "directory": directory, "json": JSON.decode()})
    with serving(["run", "--no-console", "nginx.conf"], directory, [port]):
        yield f"http://127.0.0.1:{port}"
