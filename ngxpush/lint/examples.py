"""Parts of the rules' examples: locations that many need, and the configuration around the part that matters."""

from __future__ import annotations

GUARDED_PUBLISHER = """\
    location = /pub {
      allow 127.0.0.1;
      deny all;
      push_stream_publisher;
      push_stream_channels_path $arg_id;
    }
"""
"""For examples about something else: a publisher that no rule warns of, and that stores nothing."""

STORING_PUBLISHER = GUARDED_PUBLISHER.replace("    }", "      push_stream_store_messages on;\n    }")
"""The same, with messages stored."""

ADMIN_PUBLISHER = GUARDED_PUBLISHER.replace("push_stream_publisher", "push_stream_publisher admin")
"""The same, where channels may be deleted."""


def whole(example: str) -> bytes:
    """The example itself when it holds an http block, else the example inside a server with some shared memory."""
    if "http {" in example:
        return f"events {{ worker_connections 1024; }}\n{example}\n".encode() if "events {" not in example else example.encode()
    return (
        "events { worker_connections 65536; }\n"
        "http {\n  push_stream_shared_memory_size 32m;\n  server {\n    listen 80;\n"
        f"{example}\n  }}\n}}\n"
    ).encode()
