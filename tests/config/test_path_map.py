"""Where the files of another machine are on this one."""

from __future__ import annotations

import pytest

from ngxpush.config.analyzer import analyze
from ngxpush.config.compiler import compile_configuration
from ngxpush.config.directives.http.core import HttpCoreLocation
from ngxpush.config.path_map import PathMap
from tests.machine import Machine

_MAP = PathMap(((b"/etc/nginx", b"/home/me/nginx"), (b"/etc/nginx/ssl/a.pem", b"/home/me/a.pem"), (b"/srv", b"/srv/here")))


@pytest.mark.parametrize(
    ("path", "here"),
    [
        (b"/etc/nginx/conf.d/*.conf", b"/home/me/nginx/conf.d/*.conf"),
        (b"/etc/nginx", b"/home/me/nginx"),
        (b"/etc/nginx2/a", b"/etc/nginx2/a"),
        (b"/etc/nginx/ssl/a.pem", b"/home/me/a.pem"),
        (b"/etc/nginx/ssl/b.pem", b"/home/me/nginx/ssl/b.pem"),
        (b"/srv/www", b"/srv/here/www"),
        (b"/srv/here/www", b"/srv/here/www"),
        (b"/var/log/a", b"/var/log/a"),
    ],
)
def test_places(path: bytes, here: bytes) -> None:
    assert _MAP.here(path) == here
    assert PathMap().here(path) == path


def test_the_last_one_counts() -> None:
    assert PathMap(((b"/a", b"/first"), (b"/a", b"/last"))).here(b"/a/b") == b"/last/b"


def test_a_whole_machine() -> None:
    assert PathMap(((b"", b"/image"),)).here(b"/etc/nginx/a") == b"/image/etc/nginx/a"


def test_every_path_of_a_configuration() -> None:
    """Includes, logs, credentials, lists of users, roots: what the machine is asked for lies here."""
    http = """
        access_log /etc/nginx/access.log; include /etc/nginx/sites/*; push_stream_shared_memory_size 32m;
        server { listen 443 ssl; ssl_certificate /etc/nginx/ssl/a.pem; ssl_certificate_key /etc/nginx/key.pem; root /srv/www/; }
    """
    site = """server {
        location / { push_stream_subscriber; push_stream_channels_path a; push_stream_header_template_file /etc/nginx/header; }
        location /u { auth_basic x; auth_basic_user_file /etc/nginx/users; alias /srv/$1; } listen unix:/etc/nginx/s; }"""
    files = {
        "/main/nginx.conf": f"events {{}} http {{ {http} }}",
        "/home/me/nginx/sites/a": site,
        "/home/me/nginx/header": "<head>",
        "/home/me/nginx/key.pem": "-----BEGIN PRIVATE KEY-----\n",
        "/home/me/a.pem": "-----BEGIN CERTIFICATE-----\n",
    }
    machine = Machine({path: text.encode() for path, text in files.items()}, paths=_MAP)
    analysis = analyze("/main/nginx.conf", "/main", system=machine)
    assert analysis.fatal is None, analysis.fatal
    assert list(analysis.files) == ["/main/nginx.conf", "/home/me/nginx/sites/a"]
    assert {b"/home/me/nginx/access.log", b"/home/me/nginx/users", b"/srv/here/www", b"/srv/here/$1"} <= analysis.named.keys()
    compiled = compile_configuration(analysis).http
    assert compiled is not None
    roots = {server.location.of(HttpCoreLocation).root.value.text for server in compiled.servers}
    assert roots == {b"/srv/here/www", b"html"}
    assert b"/home/me/nginx/s" in {address.listen.path for address in compiled.addresses}
