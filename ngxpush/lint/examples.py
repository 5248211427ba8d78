"""Makes a whole configuration of a rule's example, which shows only the part that matters."""

from __future__ import annotations


def whole(example: str) -> bytes:
    """The example itself when it holds an http block, else the example inside a server with some shared memory."""
    if "http {" in example:
        return f"events {{ worker_connections 1024; }}\n{example}\n".encode() if "events {" not in example else example.encode()
    return (
        "events { worker_connections 65536; }\n"
        "http {\n  push_stream_shared_memory_size 32m;\n  server {\n    listen 80;\n"
        f"{example}\n  }}\n}}\n"
    ).encode()
