"""How long `ngxpush lint` takes for a configuration of 10,000 lines: the whole command, and its CPU time."""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

_NGXPUSH = str(Path(sysconfig.get_path("scripts")) / "ngxpush")
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


def configuration(lines: int) -> str:
    """A configuration with at least that many lines, most of them directives."""
    return "".join(_parts(lines))


def _parts(lines: int) -> Iterator[str]:
    yield "events { worker_connections 65536; }\nhttp {\n    push_stream_shared_memory_size 512m;\n"
    for number in range(lines // (_TENANT.count("\n") - 1) + 1):
        yield _TENANT.format(number=number)
    yield "}\n"


def seconds_of(conf: Path) -> tuple[float, float]:
    """One run of the command: seconds on the clock, and of the processor."""
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run([_NGXPUSH, "lint", "--format", "json", str(conf)], stdout=subprocess.DEVNULL, timeout=60)
    after, end = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    return end - begin, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Print the medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        conf = Path(directory) / "nginx.conf"
        conf.write_text(configuration(options.lines))
        times = [seconds_of(conf) for _ in range(options.rounds)]
        lines = conf.read_text().count("\n")
    clock, processor = (statistics.median(column) for column in zip(*times, strict=True))
    print(f"ngxpush lint, {lines} lines: median {clock:.3f} s, {processor:.3f} s of the processor", flush=True)


if __name__ == "__main__":
    main()
