"""Files that TLS settings name, in the words of nginx 1.22.1."""

from __future__ import annotations

import pytest

from tests.config.said import Case, said
from tests.config.test_x509 import LEAF

_TLS = "ssl_certificate $host; ssl_certificate_key $host;"
_OPEN = "error:80000002:system library::No such file or directory:calling fopen(/etc/nginx/none, {}) error:10000080:BIO routines::no such file"
_LOOKUP = "error:05880002:x509 certificate routines::system lib"
_NO_CIPHER = "error:0A0000B9:SSL routines::no cipher match"

CASES: list[Case] = [
    ("server", f"{_TLS} ssl_dhparam none;", [f'[emerg] BIO_new_file("/etc/nginx/none") failed (SSL: {_OPEN.format("r")})']),
    ("server", f'{_TLS} ssl_dhparam "";', []),
    (
        "server",
        f"{_TLS} ssl_trusted_certificate none;",
        [f'[emerg] SSL_CTX_load_verify_locations("/etc/nginx/none") failed (SSL: {_OPEN.format("r")} {_LOOKUP})'],
    ),
    (
        "server",
        f"{_TLS} ssl_crl none;",
        [f'[emerg] X509_LOOKUP_load_file("/etc/nginx/none") failed (SSL: {_OPEN.format("r")} {_LOOKUP})'],
    ),
    ("server", f"{_TLS} ssl_client_certificate none;", []),
    ("server", f"{_TLS} ssl_verify_client on;", ["[emerg] no ssl_client_certificate for ssl_verify_client"]),
    (
        "server",
        f"{_TLS} ssl_verify_client on; ssl_client_certificate none;",
        [f'[emerg] SSL_CTX_load_verify_locations("/etc/nginx/none") failed (SSL: {_OPEN.format("r")} {_LOOKUP})'],
    ),
    ("server", f"{_TLS} ssl_verify_client optional_no_ca;", []),
    (
        "server",
        f"{_TLS} ssl_verify_client optional_no_ca; ssl_ocsp on;",
        ['[emerg] "ssl_ocsp" is incompatible with "ssl_verify_client optional_no_ca"'],
    ),
    (
        "server",
        f"{_TLS} ssl_ocsp on; ssl_ocsp_responder x;",
        ['[emerg] invalid URL prefix in OCSP responder "x" in "ssl_ocsp_responder"'],
    ),
    ("server", f"{_TLS} ssl_ciphers NONE;", [f'[emerg] SSL_CTX_set_cipher_list("NONE") failed (SSL: {_NO_CIPHER})']),
    ("server", "ssl_ciphers NONE;", []),
    (
        "server",
        "ssl_certificate none; ssl_certificate_key none; ssl_ciphers NONE;",
        [f'[emerg] SSL_CTX_set_cipher_list("NONE") failed (SSL: {_NO_CIPHER})'],
    ),
    (
        "server",
        "ssl_reject_handshake on; ssl_ciphers NONE;",
        [f'[emerg] SSL_CTX_set_cipher_list("NONE") failed (SSL: {_NO_CIPHER})'],
    ),
    (
        "server",
        f"{_TLS} ssl_session_ticket_key none;",
        ['[emerg] open() "/etc/nginx/none" failed (2: No such file or directory)'],
    ),
    ("server", "ssl_certificate none; ssl_certificate_key $host;", []),
    ("server", "ssl_certificate $nope; ssl_certificate_key none;", ['[emerg] unknown "nope" variable']),
    ("server", f"{_TLS} ssl_stapling on; ssl_stapling_file none;", []),
    (
        "server",
        "ssl_certificate data:x; ssl_certificate_key data:y;",
        [
            '[emerg] cannot load certificate "data:x": PEM_read_bio_X509_AUX() failed '
            "(SSL: error:0480006C:PEM routines::no start line:Expecting: TRUSTED CERTIFICATE)"
        ],
    ),
    (
        "location",
        "proxy_pass https://127.0.0.1; proxy_ssl_ciphers NONE;",
        [f'[emerg] SSL_CTX_set_cipher_list("NONE") failed (SSL: {_NO_CIPHER})'],
    ),
    ("location", "proxy_pass http://127.0.0.1; proxy_ssl_ciphers NONE;", []),
    (
        "location",
        "proxy_pass https://127.0.0.1; proxy_ssl_verify on; proxy_ssl_trusted_certificate none;",
        [f'[emerg] SSL_CTX_load_verify_locations("/etc/nginx/none") failed (SSL: {_OPEN.format("r")} {_LOOKUP})'],
    ),
]

_FILES = {"leaf": LEAF.decode(), "key": "-----BEGIN PRIVATE KEY-----\n", "text": "x\n"}
_PAIR = "ssl_certificate leaf; ssl_certificate_key key;"


@pytest.mark.parametrize(("where", "directives", "messages"), CASES)
def test_messages(where: str, directives: str, messages: list[str]) -> None:
    assert said(where, directives) == messages


@pytest.mark.parametrize(
    ("directives", "messages"),
    [
        (_PAIR, []),
        (
            "ssl_certificate leaf; ssl_certificate_key text;",
            [
                '[emerg] cannot load certificate key "/etc/nginx/text": PEM_read_bio_PrivateKey() failed '
                "(SSL: error:1E08010C:DECODER routines::unsupported:No supported data to decode. Input type: PEM)"
            ],
        ),
        (
            f"{_PAIR} ssl_trusted_certificate key;",
            [
                '[emerg] SSL_CTX_load_verify_locations("/etc/nginx/key") failed '
                "(SSL: error:05800088:x509 certificate routines::no certificate or crl found)"
            ],
        ),
        (f"{_PAIR} ssl_session_ticket_key text;", ['[emerg] "/etc/nginx/text" must be 48 or 80 bytes']),
        (
            f"{_PAIR} ssl_stapling on;",
            ['[warn] "ssl_stapling" ignored, issuer certificate not found for certificate "/etc/nginx/leaf"'],
        ),
        (f"{_PAIR} ssl_stapling on; ssl_trusted_certificate leaf;", []),
        (
            f"{_PAIR} ssl_stapling on; ssl_trusted_certificate leaf; ssl_stapling_responder x;",
            ['[warn] "ssl_stapling" ignored, invalid URL prefix in OCSP responder "x" in the certificate "/etc/nginx/leaf"'],
        ),
        (
            f"{_PAIR} ssl_stapling on; ssl_stapling_file none;",
            [f'[emerg] BIO_new_file("/etc/nginx/none") failed (SSL: {_OPEN.format("rb")})'],
        ),
    ],
)
def test_files_that_are_there(directives: str, messages: list[str]) -> None:
    assert said("server", directives, _FILES) == messages


@pytest.mark.parametrize("kind", ["DH PARAMETERS", "X9.42 DH PARAMETERS"])
def test_both_kinds_of_dh_parameters(kind: str) -> None:
    files = {"dh.pem": f"-----BEGIN {kind}-----\n"}
    assert said("server", f"{_TLS} ssl_dhparam dh.pem;", files) == []
