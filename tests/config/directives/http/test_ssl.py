"""The directives of ssl, in the words of nginx 1.22.1."""

from __future__ import annotations

import pytest

from tests.config.said import Case, said

CASES: list[Case] = [
    (
        "server",
        "ssl on;",
        [
            '[warn] the "ssl" directive is deprecated, use the "listen ... ssl" directive instead',
            '[emerg] no "ssl_certificate" is defined for the "ssl" directive',
        ],
    ),
    ("server", "ssl off;", ['[warn] the "ssl" directive is deprecated, use the "listen ... ssl" directive instead']),
    ("server", "ssl_session_cache nonsense;", ['[emerg] invalid session cache "nonsense"']),
    ("server", "ssl_session_cache shared:a:1k;", ['[emerg] session cache "shared:a:1k" is too small']),
    ("server", "ssl_session_cache shared:a:x;", ['[emerg] invalid session cache "shared:a:x"']),
    ("server", "ssl_session_cache shared:a:1m;", []),
    (
        "http",
        "limit_conn_zone $uri zone=a:1m; server { ssl_session_cache shared:a:1m; }",
        ['[emerg] the shared memory zone "a" is already declared for a different use'],
    ),
    ("server", "ssl_verify_client on;", []),
    ("server", "ssl_certificate a; ", ['[emerg] no "ssl_certificate_key" is defined for certificate "a"']),
    (
        "server",
        "listen 8443 ssl; ssl_certificate nope.pem;",
        ['[emerg] no "ssl_certificate_key" is defined for certificate "nope.pem"'],
    ),
    (
        "http",
        "server { listen 8443; } server { listen 8443 ssl; }",
        ['[emerg] no "ssl_certificate" is defined for the "listen ... ssl" directive'],
    ),
    (
        "http",
        "server { listen 8443 ssl; ssl_reject_handshake on; } server { listen 8443; server_name b; }",
        ['[emerg] no "ssl_certificate" is defined for the "listen ... ssl" directive'],
    ),
    ("server", "listen 8443 ssl;", ['[emerg] no "ssl_certificate" is defined for the "listen ... ssl" directive']),
    (
        "server",
        "ssl_certificate nope.pem; ssl_certificate_key nope.key;",
        [
            '[emerg] cannot load certificate "/etc/nginx/nope.pem": BIO_new_file() failed (SSL: error:80000002:system library::No such file or directory:calling fopen(/etc/nginx/nope.pem, r) error:10000080:BIO routines::no such file)'
        ],
    ),
    ("server", "ssl_session_cache builtin:x;", ['[emerg] invalid session cache "builtin:x"']),
    ("server", "ssl_session_cache off;", []),
    ("server", "ssl_protocols nope;", ['[emerg] invalid value "nope"']),
    ("server", "ssl_stapling on;", []),
    ("location", "proxy_ssl_certificate c.pem;", []),
    (
        "location",
        "proxy_ssl_certificate c.pem; proxy_pass https://127.0.0.1;",
        ['[emerg] no "proxy_ssl_certificate_key" is defined for certificate "c.pem"'],
    ),
    ("location", "proxy_ssl_certificate_key nope.key;", []),
    ("location", "proxy_ssl_password_file nope;", ['[emerg] open() "/etc/nginx/nope" failed (2: No such file or directory)']),
    ("location", "proxy_ssl_trusted_certificate nope;", []),
]


@pytest.mark.parametrize(("where", "directives", "messages"), CASES)
def test_messages(where: str, directives: str, messages: list[str]) -> None:
    assert said(where, directives) == messages


def test_a_certificate_that_is_there() -> None:
    files = {"a.pem": "-----BEGIN CERTIFICATE-----\n", "a.key": "-----BEGIN EC PRIVATE KEY-----\n"}
    assert said("server", "listen 8443 ssl; ssl_certificate a.pem; ssl_certificate_key a.key;", files) == []
