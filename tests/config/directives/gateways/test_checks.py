"""What nginx 1.22.1 says of the directives of proxy, fastcgi, uwsgi, scgi, grpc, memcached and smaller modules."""

from __future__ import annotations

import pytest

from ngxpush.config.analyzer import analyze
from ngxpush.server.setup.real_system import RealSystem

_HEAD = "events {} http { %s server { location / {\n%s\n} } }"
_PASS = "proxy_pass http://127.0.0.1:1;"
_CACHES = "proxy_cache_path /c keys_zone=c:1m; fastcgi_cache_path /f keys_zone=f:1m;"
_URI = (
    '"proxy_pass" cannot have URI part in location given by regular expression, or inside named location, '
    'or inside "if" statement, or inside "limit_except" block'
)
_BUSY = '"proxy_busy_buffers_size" must be'


def _messages(text: str, tmp_path: object) -> list[str]:
    path = f"{tmp_path}/nginx.conf"
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    said = []
    for diagnostic in analyze(path, str(tmp_path), system=RealSystem()).diagnostics:
        line = diagnostic.position.line if diagnostic.position is not None else None
        said.append(f"{diagnostic.level} {diagnostic.message} :{line}")
        if diagnostic.fatal:
            break
    return said


@pytest.mark.parametrize(
    ("directives", "message"),
    [
        ("proxy_pass 127.0.0.1:1;", "emerg invalid URL prefix :2"),
        ("proxy_pass http://;", 'emerg no host in upstream "" :2'),
        ("proxy_pass http://127.0.0.1:1-3;", 'emerg invalid port in upstream "127.0.0.1:1-3" :2'),
        ("fastcgi_pass 127.0.0.1;", 'emerg no port in upstream "127.0.0.1" :2'),
        ("uwsgi_pass http://127.0.0.1:1;", 'emerg invalid host in upstream "http://127.0.0.1:1" :2'),
        ("memcached_pass 127.0.0.1:1;", 'emerg unknown "memcached_key" variable :None'),
        ("proxy_redirect default;", 'emerg "proxy_redirect default" should be placed after the "proxy_pass" directive :2'),
        (f"{_PASS}\nproxy_redirect off;\nproxy_redirect a b;", 'emerg "proxy_redirect" directive is duplicate :4'),
        ("proxy_cookie_flags on;", 'emerg invalid parameter "on" :2'),
        ("proxy_buffers 1 4k;", 'emerg there must be at least 2 "proxy_buffers" :3'),
        ("proxy_busy_buffers_size 28673;", f'emerg {_BUSY} less than the size of all "proxy_buffers" minus one buffer :3'),
        ("proxy_set_header A a$;", "emerg invalid variable name :3"),
        ("proxy_cache x;", 'emerg "proxy_cache" zone "x" is unknown :3'),
        ("proxy_cache f;", 'emerg the shared memory zone "f" is already declared for a different use :2'),
        ("proxy_store on;\nproxy_cache c;", 'emerg "proxy_cache" directive is incompatible with "proxy_store" :3'),
        ("fastcgi_cache f;", 'warn no "fastcgi_cache_key" for "fastcgi_cache" :3'),
        ("proxy_cache_valid 600 1m;", 'emerg invalid status "600" :2'),
        ("proxy_bind zz;", 'emerg invalid address "zz" :2'),
        ("proxy_next_upstream error error;", 'warn duplicate value "error" :2'),
        ("proxy_next_upstream error;\nproxy_next_upstream error;", 'warn duplicate value "error" :3'),
        (
            "proxy_pass https://127.0.0.1:1;\nproxy_ssl_verify on;",
            "emerg no proxy_ssl_trusted_certificate for proxy_ssl_verify :None",
        ),
        ("fastcgi_split_path_info ^(.+)$;", 'emerg pattern "^(.+)$" must have 2 captures :2'),
        ("uwsgi_modifier1 256;", "emerg value must be between 0 and 255 :2"),
        ('sub_filter "" b;', "emerg empty search pattern :2"),
        (
            "secure_link a;\nsecure_link_secret b;",
            'emerg "secure_link_secret" cannot be mixed with "secure_link" and "secure_link_md5" :4',
        ),
        ("mirror /a;\nmirror off;", 'emerg "mirror" directive is duplicate :3'),
        ("auth_request_set $uri b;", 'emerg the duplicate "uri" variable :2'),
        ("userid_mark ab;", 'emerg "userid_mark" directive value must be "off" or a single letter, digit or "=" :2'),
        ("modern_browser x 1;", 'emerg unknown browser name "x" :2'),
        ("http2_chunk_size 0;", "emerg the http2 chunk size cannot be zero :2"),
        ("charset utf-8;\nsource_charset x;", 'emerg no "charset_map" between the charsets "x" and "utf-8" :None'),
        ("dav_access user:w;", 'emerg invalid value "user:w" :2'),
    ],
)
def test_refused(directives: str, message: str, tmp_path: object) -> None:
    assert _messages(_HEAD % (_CACHES, directives), tmp_path) == [message]


@pytest.mark.parametrize(
    ("block", "refused"),
    [
        ("location ~ ^/a { proxy_pass http://127.0.0.1:1/; }", True),
        ("location @a { proxy_pass http://127.0.0.1:1/x; }", True),
        ("location / { if ($uri) { proxy_pass http://127.0.0.1:1/x; } }", True),
        ("location / { limit_except GET { proxy_pass http://127.0.0.1:1/x; } }", True),
        ("location ~ ^/(.*) { proxy_pass http://127.0.0.1:1/$1; }", False),
        ("location ^~ /a { proxy_pass http://127.0.0.1:1/x; }", False),
    ],
)
def test_uri_of_proxy_pass(block: str, refused: bool, tmp_path: object) -> None:
    expected = [f"emerg {_URI} :1"] if refused else []
    assert _messages(f"events {{}} http {{ server {{ {block} }} }}", tmp_path) == expected


@pytest.mark.parametrize(
    ("server", "message"),
    [
        ("listen 1 ssl;", 'emerg no "ssl_certificate" is defined for the "listen ... ssl" directive :1'),
        ("listen 1 ssl;\nssl_reject_handshake on;", None),
        ("ssl_certificate /c;", 'emerg no "ssl_certificate_key" is defined for certificate "/c" :None'),
        ("ssl_certificate_key /c;", None),
        ("ssl_session_cache shared:a:1;", 'emerg session cache "shared:a:1" is too small :1'),
        ("http2_pool_size 113;", "emerg the pool size must be a multiple of 16 :1"),
    ],
)
def test_servers(server: str, message: str | None, tmp_path: object) -> None:
    said = _messages(f"events {{}} http {{ server {{ {server} }} }}", tmp_path)
    assert said == ([] if message is None else [message])


@pytest.mark.parametrize(
    ("block", "message"),
    [
        ("upstream u { server 127.0.0.1:1; } server { listen 1; proxy_pass u; }", None),
        ("server { listen 1; }", "emerg no handler for server :1"),
        ("server { return a; }", 'emerg no "listen" is defined for server :1'),
        ("server { listen 1; proxy_pass u; }", 'emerg no port in upstream "u" :1'),
        ("server { server_name a; }", 'emerg "server_name" directive is not allowed here :1'),
    ],
)
def test_stream(block: str, message: str | None, tmp_path: object) -> None:
    said = _messages(f"load_module modules/ngx_stream_module.so; events {{}} stream {{ {block} }}", tmp_path)
    assert said == ([] if message is None else [message])
