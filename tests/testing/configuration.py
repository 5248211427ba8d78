"""The configuration that the tests of ngxpush.testing serve."""

from __future__ import annotations

LOCATIONS = """
    ssl_certificate /nowhere/site.pem;
    ssl_certificate_key /nowhere/site.key;
    location /pid { return 200 $pid; }
    location /pub { push_stream_publisher admin; push_stream_channels_path $arg_id; push_stream_store_messages on; }
    location ~ ^/streaming/(.*) { push_stream_subscriber; push_stream_channels_path $1; push_stream_message_template "~text~\\n";
        push_stream_ping_message_interval 10s; push_stream_subscriber_connection_ttl 25s; }
    location ~ ^/eventsource/(.*) { push_stream_subscriber eventsource; push_stream_channels_path $1; }
    location ~ ^/websocket/(.*) { push_stream_subscriber websocket; push_stream_channels_path $1; }
    location ~ ^/long-polling/(.*) { push_stream_subscriber long-polling; push_stream_channels_path $1;
        push_stream_longpolling_connection_ttl 20s; }
    location ~ ^/polling/(.*) { push_stream_subscriber polling; push_stream_channels_path $1; }
"""

MODES = ("streaming", "polling", "long-polling", "eventsource", "websocket")


def configuration(server: str = f"listen 80; {LOCATIONS}", http: str = "push_stream_message_ttl 60s;") -> str:
    """A configuration of one server."""
    return f"""
events {{}}
http {{
    access_log /nowhere/access.log;
    push_stream_shared_memory_size 10m;
    push_stream_channel_inactivity_time 30s;
    {http}
    server {{ {server} }}
}}
"""
