"""Lint: `ngxpush lint` of a long configuration, by the clock and as processor time."""

from __future__ import annotations

import resource
import subprocess
import time
from collections.abc import Iterator, Sequence

from ..contestants import Contestant, Nginx
from ..plan import Options, Task, Values, Where
from ..servers import scratch

_TENANT = """
    server {{
        listen 127.0.0.1:8080;
        server_name tenant{number}.example www.tenant{number}.example;
        access_log off;
        # who may publish
        location = /pub {{
            allow 10.0.0.0/8;
            deny all;
            push_stream_publisher admin;
            push_stream_channels_path tenant{number}_$arg_id;
            push_stream_store_messages on;
        }}
        location ~ ^/ev/(?<channel>[a-z0-9]+)$ {{
            push_stream_subscriber eventsource;
            push_stream_channels_path tenant{number}_$channel.b3;
            push_stream_message_template '{{"id": ~id~, "time": "~time~", "text": ~text~}}';
            push_stream_ping_message_interval 10s;
            if ($http_origin ~ "example$") {{ add_header X-Known yes; }}
        }}
        location ~ ^/lp/([a-z0-9]+)$ {{
            push_stream_subscriber long-polling;
            push_stream_channels_path tenant{number}_$1;
            push_stream_last_received_message_time $arg_time;
            push_stream_last_received_message_tag $arg_tag;
        }}
        location /api/ {{
            proxy_pass http://127.0.0.1:8081;
            proxy_set_header Host $host;
            proxy_read_timeout 30s;
        }}
        location / {{ root /srv/tenant{number}; index index.html; }}
    }}
"""


def tasks(options: Options, contestants: Sequence[Contestant]) -> Iterator[Task]:
    """A task for each ngxpush."""
    text = configuration(options.lines)
    cell: Where = {"lines": text.count("\n")}

    def measure(contestant: Contestant, _: int) -> Iterator[tuple[Where, Values]]:
        assert isinstance(contestant.server, Nginx)
        with scratch() as directory:
            conf = directory / "nginx.conf"
            conf.write_text(text)
            before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
            command = [contestant.server.binary, "lint", "--format", "json", str(conf)]
            subprocess.run(command, stdout=subprocess.DEVNULL, timeout=60)
            ended, after = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
            cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            yield cell, {"clock_s": ended - began, "server_s": cpu}

    yield Task("lint", [one for one in contestants if "ngxpush" in one.name], [cell], measure)


def configuration(lines: int) -> str:
    """A configuration with at least that many lines, most of them directives."""
    tenants = (_TENANT.format(number=number) for number in range(lines // (_TENANT.count("\n") - 1) + 1))
    return "".join(("events { worker_connections 65536; }\nhttp {\n    push_stream_shared_memory_size 512m;\n", *tenants, "}\n"))
