"""What is loaded before a configuration is served, and its http block as it is served."""

import subprocess
import sys
from pathlib import Path

import pytest

from ngxpush.server.setup.reading import read
from ngxpush.server.setup.serving import serving
from ngxpush.server.setup.startup import set_up
from tests.server.setup.test_startup import Log, source_in


def test_what_was_found_at_start_is_served(tmp_path: Path) -> None:
    log = Log()
    source = source_in(tmp_path, "server { listen unix:" + str(tmp_path / "socket") + "; set_real_ip_from localhost; }")
    setup = set_up(source, read(source, log), log)
    http = serving(setup)
    assert http is not None
    assert (http.addresses, http.trusted_hosts, http.hosts, http.tls) == (setup.addresses, setup.trusted, {}, None)
    assert b"localhost" in http.trusted_hosts
    for listening, _ in setup.sockets:
        listening.close(unlink=True)
    setup.files.close()


_LOADED = """
import sys
from ngxpush.server.setup.serving import load
from tests.http.serving import compiled
load(compiled(sys.argv[1]))
print(*[name for name in ("http.http2.events", "http.content.grpc", "server.tls.client_stage", "server.tls.upstream_stage")
        if "ngxpush." + name in sys.modules])
"""


@pytest.mark.parametrize(
    ("http", "modules"),
    [
        ("server { location / { return 204; } }", ""),
        ("server { listen 80 http2; location / { grpc_pass 127.0.0.1:81; } }", "http.http2.events http.content.grpc"),
        ("server { listen 443 ssl; ssl_certificate $host; ssl_certificate_key $host; }", "server.tls.client_stage"),
        ("server { location / { proxy_pass https://127.0.0.1:81; } }", "server.tls.upstream_stage"),
    ],
)
def test_only_what_serves_the_configuration_is_loaded(http: str, modules: str) -> None:
    found = subprocess.run([sys.executable, "-c", _LOADED, http], stdout=subprocess.PIPE, text=True, check=True)
    assert found.stdout.split() == modules.split()
