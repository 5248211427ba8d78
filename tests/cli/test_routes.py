"""`ngxpush routes` as it is typed."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest
from click.testing import CliRunner

from ngxpush.cli import explain
from ngxpush.cli.routes import command

CONFIGURATION = r"""events { }
http {
    push_stream_shared_memory_size 10m;
    server {
        listen 8080;
        server_name a.example.com;
        if ($host = old.example.com) { return 301 http://a.example.com$request_uri; }
        location ~ ^/ev/(.*) { push_stream_subscriber eventsource; push_stream_channels_path $1; }
        location / { root /srv/www; }
        location /admin {
            allow 127.0.0.1;
            deny all;
            location /admin/pub {
                push_stream_publisher admin;
                push_stream_channels_path $arg_id;
                if ($request_method = OPTIONS) { return 204; }
                limit_except POST { auth_basic closed; auth_basic_user_file users; }
            }
        }
        location = /stats { internal; push_stream_channels_statistics; push_stream_channels_path $arg_id; }
        location @away { proxy_pass http://127.0.0.1:9; }
    }
    server { listen 8080 default_server; rewrite ^ /x redirect; }
    server { listen 8443 ssl http2; ssl_certificate none.pem; ssl_certificate_key none.pem; return 204; }
}
"""

TABLE = """\
0.0.0.0:8080
    default server without a name  (nginx.conf:23)
        rewrite ^ /x redirect  (nginx.conf:23)
    server a.example.com  (nginx.conf:4)
        if ($host = old.example.com): return 301 http://a.example.com$request_uri  (nginx.conf:7)
        location = /stats: statistics; channels $arg_id; access: internal  (nginx.conf:20)
        location /admin: files below html; access: allow 127.0.0.1, deny all  (nginx.conf:10)
            location /admin/pub: publisher admin; channels $arg_id; access: allow 127.0.0.1, deny all, \
limit_except POST: allow 127.0.0.1, deny all, auth_basic closed, auth_basic_user_file users  (nginx.conf:13)
                if ($request_method = OPTIONS): return 204; access: allow 127.0.0.1, deny all  (nginx.conf:16)
        location /: files below /srv/www  (nginx.conf:9)
        location ~ ^/ev/(.*): subscriber eventsource; channels $1  (nginx.conf:8)
        location @away: proxy_pass http://127.0.0.1:9  (nginx.conf:21)
0.0.0.0:8443 ssl http2
    default server without a name  (nginx.conf:24)
        return 204  (nginx.conf:24)
"""


def test_tree(tmp_path: Path) -> None:
    path = tmp_path / "nginx.conf"
    path.write_text(CONFIGURATION)
    result = CliRunner().invoke(command, [str(path)])
    assert result.output == TABLE


def test_json(tmp_path: Path) -> None:
    path = tmp_path / "nginx.conf"
    path.write_text(CONFIGURATION)
    address, with_tls = json.loads(CliRunner().invoke(command, [str(path), "--json"]).output)
    assert (address["address"], address["protocols"]) == ("0.0.0.0:8080", [])
    assert with_tls["protocols"] == ["ssl", "http2"]
    statistics = address["servers"][1]["routes"][1]
    assert statistics == {
        "block": "location = /stats",
        "file": str(path),
        "line": 20,
        "role": "statistics",
        "channels": "$arg_id",
        "access": ["internal"],
        "routes": [],
    }


def test_broken_configuration(tmp_path: Path) -> None:
    path = tmp_path / "nginx.conf"
    path.write_text("events { }\nhttp { nonsense; }\n")
    result = CliRunner().invoke(command, [str(path)])
    refusal = f'nginx: [emerg] unknown directive "nonsense" in {path}:2\nhint: '
    assert result.exit_code == 1 and result.output.startswith(refusal)


def test_no_server(tmp_path: Path) -> None:
    path = tmp_path / "nginx.conf"
    path.write_text("events { }\n")
    result = CliRunner().invoke(command, [str(path)])
    assert result.output == "warning: the configuration has no server: there are no routes\n"
    path.write_text("")
    result = CliRunner().invoke(command, [str(path)])
    assert result.exit_code == 1 and result.output.startswith('nginx: [emerg] no "events" section in configuration\n')


def test_no_one_is_asked_for_the_addresses_of_hosts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither here nor by `explain`: a host that does not exist is no error, and no warning."""
    monkeypatch.setattr(socket, "getaddrinfo", lambda *arguments, **options: pytest.fail(f"asked for {arguments}"))
    (tmp_path / "nginx.conf").write_text(
        "events {} http { upstream far { server far.invalid; } resolver ns.invalid; server { listen localhost:8080;"
        " set_real_ip_from proxy.invalid;"
        " location / { proxy_pass http://far; } location /b { proxy_pass http://b.invalid:81; } } }"
    )
    for asked, arguments in ((command, []), (explain.command, ["/b"])):
        done = CliRunner().invoke(asked, [str(tmp_path / "nginx.conf"), *arguments])
        assert done.exit_code == 0 and "b.invalid:81" in done.output and "not found" not in done.output, done.output
