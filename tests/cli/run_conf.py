"""Configurations for `ngxpush run`, and runs that must not start."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.patience import PATIENCE
from tests.running import NGXPUSH

SERVER = """
    location /pub { push_stream_publisher admin; push_stream_channels_path $arg_id; }
    location ~ ^/sub/(.*) {
        push_stream_subscriber;
        push_stream_channels_path $1;
        push_stream_message_template "~text~\\n";
        push_stream_footer_template "end\\n";
    }
"""
CONF = f"""
events {{}}
http {{
    push_stream_shared_memory_size 10m;
    access_log off;
    server {{ listen 127.0.0.1:8080; {SERVER} }}
}}
"""


def written(directory: Path, text: str) -> Path:
    conf = directory / "nginx.conf"
    conf.write_text(text)
    return conf


def refused(directory: Path, text: str, *options: str) -> list[str]:
    """What is said by a run that must not start."""
    command = [str(NGXPUSH), "run", *options, str(written(directory, text))]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, cwd=directory)
    assert done.returncode == 1, done
    return done.stderr.splitlines()
